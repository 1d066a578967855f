// A service registry with presence: each service keeps its own key, and others ask it straight.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const leaseSeconds = 2 // who does not renew within it is taken for gone

/** @returns {SyncSocket<string, { kind: string, isUp: boolean }>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    leaseSeconds,
  })
const [client, printer, scanner] = [makeNode(), makeNode(), makeNode()]
await client.listen()
for (const node of [printer, scanner]) await node.connect('127.0.0.1', client.addresses[0].port)

/**
 * Says that a service is here, again and again. A key `~<id>/…` nobody else can write.
 * @param {SyncSocket<string, { kind: string, isUp: boolean }>} node
 * @param {string} kind
 */
function register(node, kind) {
  const tell = () => void node.set(`~${node.id}/service`, { kind, isUp: true })
  tell()
  const timer = setInterval(tell, (leaseSeconds * 1000) / 4)
  node.registerHandler((message) => {
    if (message.type !== 'request') return false
    void message.reply([`${kind} did it`])
    return true
  })
  return () => clearInterval(timer)
}

/** The ids of the services of a kind that are here. @param {string} kind */
const find = (kind) =>
  [...client.keys()].flatMap((key) => {
    const lease = client.lease(key)
    return client.get(key)?.kind === kind && lease && lease.expires > Date.now() ? [lease.owner] : []
  })

const seen = new Promise((resolve) => {
  client.on('update', () => client.size === 2 && resolve(undefined))
})
const stops = [register(printer, 'printer'), register(scanner, 'scanner')]
await seen
const [id] = find('printer')
if (id === undefined) throw new Error('There is no printer.')
const answer = await client.request(id, ['print page 1'])
console.log(`${find('printer').length} printer: ${new TextDecoder().decode(answer.packets[1])}`)

stops[0]?.() // as if it had crashed
const until = client.lease(`~${printer.id}/service`)?.expires ?? 0
await new Promise((resolve) => setTimeout(resolve, until - Date.now() + 300))
console.log(`then ${find('printer').length} printers and ${find('scanner').length} scanner`)
stops[1]?.()
await Promise.all([client, printer, scanner].map((node) => node.close()))
