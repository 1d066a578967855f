// A lease as a lock, and why the resource should look at the token.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const options = {
  transports: [tcp()],
  listen: { host: '127.0.0.1', port: 0 },
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
  leaseSeconds: 2, // the same on every node; an hour, if nothing is said
}
const anna = new SyncSocket(options)
const bert = new SyncSocket(options)
await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

/** A printer that turns away whoever holds the lock no more: it remembers the greatest token that it has seen. */
class Printer {
  #greatest = ''

  print(token, page) {
    if (token < this.#greatest) return console.log(`printer: "${page}" is refused, the lock has passed on`)
    this.#greatest = token
    console.log(`printer: "${page}"`)
  }
}
const printer = new Printer()

const bertSees = new Promise((resolve) => bert.once('update', resolve))
anna.set('lock/printer', 'anna')
const annasToken = anna.lease('lock/printer').token
printer.print(annasToken, 'page 1 of anna')
await bertSees

try {
  bert.set('lock/printer', 'bert')
} catch (error) {
  // LeaseHeldError: whose it is, and until when
  console.log(`bert: ${error.code}, held by ${error.owner === anna.id ? 'anna' : error.owner}`)
}

// anna is busy with something else and does not renew. When her lease has run out, bert takes the lock.
await new Promise((resolve) => anna.once('lease-expired', resolve))
bert.set('lock/printer', 'bert')
printer.print(bert.lease('lock/printer').token, 'page 1 of bert')

// anna wakes up with the token that she had.
printer.print(annasToken, 'page 2 of anna')

await Promise.all([anna.close(), bert.close()])
