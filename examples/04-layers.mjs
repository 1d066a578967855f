// One layer at a time: a store without any network, and links without a mesh.
import { BaseSocket, systemEnvironment } from '@ts2p/base'
import { createSubnet, identityFromSeed } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import { tcp } from '@ts2p/transport-tcp'

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text)
/** @param {Uint8Array | undefined} value */
const text = (value) => new TextDecoder().decode(value)

// The store: two replicas that cannot hear each other. It has no clock; the time is an argument.
const left = new Store({ owner: new Uint8Array(32).fill(1) })
const right = new Store({ owner: new Uint8Array(32).fill(2) })
const noon = Date.UTC(2026, 0, 1, 12)
const soon = noon + 5000
left.set('color', bytes('blue'), noon)
right.set('color', bytes('red'), soon) // nobody told it of left's lease
right.set('shape', bytes('round'), soon)

// Now we carry all records over, both ways. The order does not matter, nor does carrying them twice.
for (const record of left.records()) right.apply(record, soon)
for (const record of right.records()) left.apply(record, soon)
for (const [name, store] of Object.entries({ left, right })) {
  console.log(
    `${name} has`,
    [...store.keys()].toSorted().map((key) => `${key} = ${text(store.get(key))}`),
  )
}
console.log('right may write the color now:', right.mayWrite('color', soon) === undefined)
console.log('two hours later:', right.mayWrite('color', soon + 2 * 3600 * 1000) === undefined)

// The base socket: one conversation over one link, bytes in, bytes out.
const environment = systemEnvironment()
const subnet = createSubnet({ description: 'example', security: 'plaintext' })
const makeSocket = () =>
  new BaseSocket({
    identity: identityFromSeed(environment.randomBytes(32)),
    subnet,
    environment,
    transports: [tcp()],
    listen: [{ host: '127.0.0.1', port: 0 }],
  })
const [anna, bert] = [makeSocket(), makeSocket()]
await Promise.all([anna.listen(), bert.listen()])

anna.on('message', (connection, payload) => {
  console.log('anna hears', text(payload), 'from', connection.id === bert.identity.id ? 'bert' : 'a stranger')
  anna.send(connection.id, bytes('hello bert'))
})
const answered = new Promise((resolve) => bert.once('message', (_connection, payload) => resolve(text(payload))))
await bert.dial(anna.addresses[0])
bert.send(anna.identity.id, bytes('hello anna'))
console.log('bert hears', await answered)
await Promise.all([anna.close(), bert.close()])
