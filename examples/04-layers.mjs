// One layer at a time: a store without any network, and links without a mesh.
import { BaseSocket, systemEnvironment } from '@ts2p/base'
import { createSubnet, identityFromKey } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import { tcp } from '@ts2p/transport-tcp'

// The store: two replicas, and we carry the records between them. The time is an argument.
const owner = (byte) => new Uint8Array(32).fill(byte)
const left = new Store({ owner: owner(1) })
const right = new Store({ owner: owner(2) })
const bytes = (text) => new TextEncoder().encode(text)
const noon = Date.UTC(2026, 0, 1, 12)

const { records } = left.set('colour', bytes('blue'), noon)
for (const record of records) right.receive(record, noon)
console.log('right has', new TextDecoder().decode(right.get('colour')))
console.log('right may write it:', right.mayWrite('colour', noon) === undefined)
console.log('right may write it two hours later:', right.mayWrite('colour', noon + 2 * 3600 * 1000) === undefined)

// The base socket: one conversation over one link, bytes in, bytes out.
const environment = systemEnvironment()
const subnet = createSubnet({ description: 'example', security: 'plaintext' })
const makeSocket = () =>
  new BaseSocket({
    identity: identityFromKey(environment.randomBytes(32)),
    subnet,
    environment,
    transports: [tcp()],
    listen: [{ host: '127.0.0.1', port: 0 }],
  })
const [anna, bert] = [makeSocket(), makeSocket()]
await Promise.all([anna.listen(), bert.listen()])
const heard = new Promise((resolve) => anna.once('message', (connection, payload) => resolve({ connection, payload })))
await bert.dial(anna.addresses[0])
bert.send(anna.identity.id, bytes('hello'))
const { connection, payload } = await heard
console.log('anna hears', new TextDecoder().decode(payload), 'from', connection.id === bert.identity.id ? 'bert' : 'a stranger')
await Promise.all([anna.close(), bert.close()])
