// Leader election: whoever holds the key leads, and renews it while it can.
import { LeaseHeldError } from '@ts2p/store'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const leaseSeconds = 2 // the same on every node
/** @returns {SyncSocket<string, string>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    leaseSeconds,
  })
const [anna, bert] = [makeNode(), makeNode()]
await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

/**
 * Stands until told to stop. Two who are cut off from each other may both lead for a while: what they write must say the token,
 * and be refused if that is less than the greatest seen.
 * @param {SyncSocket<string, string>} node
 * @param {string} name
 * @param {(token: string) => void} onLead called when this node begins to lead
 */
function stand(node, name, onLead) {
  let isLeading = false
  let timer = setTimeout(() => {})
  const attempt = () => {
    try {
      node.set('leader', name) // takes the lease, or renews it
      if (!isLeading) onLead(node.lease('leader')?.token ?? '')
      isLeading = true
      timer = setTimeout(attempt, (leaseSeconds * 1000) / 4)
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error
      isLeading = false
      timer = setTimeout(attempt, error.expiresAt - Date.now() + 50)
    }
  }
  attempt()
  return () => clearTimeout(timer)
}

const bertSees = new Promise((resolve) => bert.once('update', resolve))
let stopAnna = () => {}
/** @type {Promise<string>} */
const annaLeads = new Promise((resolve) => (stopAnna = stand(anna, 'anna', resolve)))
const first = await annaLeads
await bertSees
let stopBert = () => {}
/** @type {Promise<string>} */
const bertLeads = new Promise((resolve) => (stopBert = stand(bert, 'bert', resolve)))
console.log(`anna leads, and bert knows: ${bert.get('leader')}`)
stopAnna() // as if its process hung: it releases nothing, and renews nothing
const second = await bertLeads
console.log(`bert leads, with a greater token: ${second > first}`)
stopBert()
await Promise.all([anna.close(), bert.close()])
