// A node that is kept in a folder: after a restart it is who it was, has what it had, and still holds its leases.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const folder = await mkdtemp(join(tmpdir(), 'ts2p-kept-'))

/** @returns {SyncSocket<string, string>} */
const create = () =>
  new SyncSocket({
    transports: [tcp()],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    persistence: new LevelPersistence(folder),
  })

const before = create()
await before.ready
before.set('color', 'green')
await before.flush()
console.log('On the disk.')
const { id } = before
await before.close()

const after = create()
await after.ready
console.log(`The same node: ${after.id === id}. The color is ${after.get('color')}.`)
console.log(`The lease is still its own: ${after.lease('color')?.owner === id}.`)
await after.close()
await rm(folder, { recursive: true })
