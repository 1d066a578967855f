// A lease as a lock, and why the resource should look at the token.
import { LeaseHeldError } from '@ts2p/store'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @returns {SyncSocket<string, string>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
const anna = makeNode()
const bert = makeNode()
await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

/** A printer that turns away whoever holds the lock no more: it remembers the greatest token that it has seen. */
class Printer {
  #greatest = ''

  /**
   * @param {string} page
   * @param {string} token
   */
  print(page, token) {
    if (token < this.#greatest) return console.log(`printer: ${page} is refused, the lock has passed on`)
    this.#greatest = token
    console.log(`printer: ${page}`)
  }
}
const printer = new Printer()

/**
 * @param {SyncSocket<string, string>} node
 * @param {string} name
 * @returns {string} the fencing token
 */
function takeLock(node, name) {
  node.set('lock/printer', name, { leaseSeconds: 2 }) // an hour, if nothing is said
  const lease = node.lease('lock/printer')
  if (lease === undefined) throw new Error('A lease that was just taken has run out: is the clock being set?')
  console.log(`${name} has the lock until ${new Date(lease.expiresAt).toISOString()}`)
  return lease.token
}

const bertSees = new Promise((resolve) => bert.once('change', resolve))
const annasToken = takeLock(anna, 'anna')
printer.print('page 1 of anna', annasToken)
await bertSees

try {
  takeLock(bert, 'bert')
} catch (error) {
  if (!(error instanceof LeaseHeldError)) throw error
  // Whose it is, and until when: enough to decide whether to wait.
  const holder = error.owner === anna.id ? 'anna' : error.owner
  console.log(`bert: ${error.code}, by ${holder}, until ${new Date(error.expiresAt).toISOString()}`)
}

// Anna is busy with something else and does not renew, which setting the key again would do. When her lease has run
// out, bert takes the lock.
await new Promise((resolve) => anna.once('lease-expired', resolve))
printer.print('page 1 of bert', takeLock(bert, 'bert'))

// Anna wakes up, and believes that she still has the lock. A lease cannot prevent that; the token can.
printer.print('page 2 of anna', annasToken)

await Promise.all([anna.close(), bert.close()])
