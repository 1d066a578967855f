// A node that writes as fast as it can, until it is killed. Says what it finds, each write, and what is durable.
import { writeSync } from 'node:fs'
import { systemEnvironment } from '@ts2p/base'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const [, , folder = '', stepMs = '0'] = process.argv
const system = systemEnvironment()
const socket = new SyncSocket<string, string>({
  transports: [tcp()],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
  persistence: new LevelPersistence(folder),
  environment: { ...system, now: () => system.now() + Number(stepMs) },
})

await socket.ready
let next = 0
while (socket.get(`key/${next}`) === `value ${next}`) next += 1
say('found', socket.id, next, socket.size)
for (;;) {
  for (let count = 0; count < 20; count += 1) {
    socket.set(`key/${next}`, `value ${next}`)
    say('set', next, socket.lease(`key/${next}`)?.token ?? '')
    next += 1
  }
  const until = next
  void socket.flush().then(() => say('durable', until))
  // oxlint-disable-next-line no-await-in-loop -- what is written gets its turn
  await new Promise((resolve) => setImmediate(resolve))
}

function say(...words: (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`)
}
