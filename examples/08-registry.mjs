// A service registry with presence and without polling: each service keeps an ephemeral key, and others ask it straight.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @typedef {SyncSocket<string, { kind: string }>} Node */

/** @returns {Node} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'json',
  })
const [client, printer, scanner] = [makeNode(), makeNode(), makeNode()]
await client.listen()
for (const node of [printer, scanner]) await node.connect('127.0.0.1', client.addresses[0].port)

/**
 * Says that a service is here. Nobody else can write a key `~<id>/…`, and the node renews an ephemeral one for as long as it lives.
 * @param {Node} node @param {string} kind
 */
function register(node, kind) {
  node.set(`~${node.id}/service`, { kind }, { ephemeral: true, leaseSeconds: 5 }) // after a crash it stays for 6 s at most
  node.registerHandler((message) => {
    if (message.type !== 'request') return false
    message.reply([`${kind} did it`]).catch(() => {}) // the client may be gone
    return true
  })
}

/** The ids of the services of a kind that are here. @param {string} kind */
const find = (kind) =>
  [...client.keys()].flatMap((key) => (client.get(key)?.kind === kind ? (client.lease(key)?.owner ?? []) : []))

/** Resolves when this many services are here. Each event says that one has come, has left, or is gone. @param {number} count */
const untilThereAre = (count) =>
  new Promise((resolve) => {
    const look = () => client.size === count && resolve(undefined)
    client.on('change', look)
    look()
  })

client.on('change', ({ type, owner }) => {
  if (type === 'expire') console.log(`${owner === printer.id ? 'the printer' : owner} is gone`)
})
register(printer, 'printer')
register(scanner, 'scanner')
await untilThereAre(2)
const [id] = find('printer')
if (id === undefined) throw new Error('There is no printer.')
const answer = await client.request(id, ['print page 1'])
console.log(`${find('printer').length} printer: ${new TextDecoder().decode(answer.packets[1])}`)

await printer.close({ release: false }) // as if it had crashed
await untilThereAre(1)
console.log(`then ${find('printer').length} printers and ${find('scanner').length} scanner`)
await scanner.close() // is out of the registry at once
await untilThereAre(0)
console.log(`at last ${find('scanner').length} scanners`)
await client.close()
