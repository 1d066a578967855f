// A lock around a server over HTTP that checks the fencing token, and so refuses a holder that is one no more.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { lock } from '@ts2p/locks'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

// The server: it knows nothing of ts2p. It keeps the greatest token beside what the token protects, and changes both at once.
const stored = { token: '', text: '' }
const server = createServer((request, response) => {
  const token = String(request.headers['fencing-token'])
  let text = ''
  request.setEncoding('utf8').on('data', (piece) => (text += piece))
  request.on('end', () => {
    const isStale = token < stored.token
    if (!isStale) Object.assign(stored, { token, text })
    response.writeHead(isStale ? 409 : 204).end()
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

/** @returns {SyncSocket<string, string>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
const [anna, bert] = [makeNode(), makeNode()]
await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

/**
 * @param {string} text
 * @param {string} token
 * @param {AbortSignal} [signal] ends the request, as far as can be, when the lock is lost meanwhile
 */
async function write(text, token, signal) {
  const put = { method: 'PUT', body: text, headers: { 'fencing-token': token } }
  const { status } = await fetch(url, signal ? { ...put, signal } : put)
  console.log(`${text}: ${status === 204 ? 'stored' : `refused, ${status}`}`)
}

const options = { leaseSeconds: 4 } // a holder that is gone has the lock for so long; 10 s if nothing is said
const annas = await lock(anna, 'lock/report', options)
await write('first draft of anna', annas.token, annas.signal)
const waiting = lock(bert, 'lock/report', options)
await anna.close({ release: false }) // as if its process was stopped: it neither renews nor releases
const berts = await waiting
await write('first draft of bert', berts.token, berts.signal)
// What stands in a queue of anna's, or of the network, does not know that the lock was lost.
await write('second draft of anna', annas.token)
berts.release()
await bert.close()
server.close()
