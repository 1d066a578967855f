// A service registry with presence and without polling: each service keeps an ephemeral key, and others call it straight.
import { json, SyncSocket, utf8 } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @typedef {SyncSocket<string, { kind: string }>} Node */
/** @type {import('@ts2p/sync').Encoding<{ kind: string }>} */
const valueEncoding = json()
const options = { transports: [tcp()], listen: 0, keyEncoding: utf8, valueEncoding }

const client = await SyncSocket.open(options)
const join = `127.0.0.1:${client.addresses[0].port}`
const [printer, scanner] = [await SyncSocket.open({ ...options, join }), await SyncSocket.open({ ...options, join })]

/**
 * Says that a service is here. Nobody else can write a key `~<id>/…`, and the node renews an ephemeral one for as long as it lives.
 * @param {Node} node @param {string} kind
 */
function register(node, kind) {
  node.handle('work', (task) => `${kind} did ${String(task)}`)
  node.set(`~${node.id}/service`, { kind }, { ephemeral: true, leaseSeconds: 5 }) // after a crash it stays for 6 s at most
}

/** The ids of the services of a kind that are here. @param {string} kind */
const find = (kind) =>
  [...client.entries()].flatMap(([key, service]) => (service.kind === kind ? (client.lease(key)?.owner ?? []) : []))

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
console.log(`${find('printer').length} printer: ${String(await client.call(id, 'work', 'page 1'))}`)

await printer.close({ release: false }) // as if it had crashed
await untilThereAre(1)
console.log(`then ${find('printer').length} printers and ${find('scanner').length} scanner`)
await scanner.close() // is out of the registry at once
await untilThereAre(0)
console.log(`at last ${find('scanner').length} scanners`)
await client.close()
