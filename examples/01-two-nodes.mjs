// Two nodes, one dictionary: what one sets, the other has.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @typedef {{ state: 'waiting' | 'running', by?: string }} Job */

/**
 * Keys are strings here, and values whatever JSON can say; without encodings both are bytes.
 *
 * @returns {SyncSocket<string, Job>}
 */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 }, // port 0: any that is free; `addresses` tells which
    keyEncoding: 'utf8',
    valueEncoding: 'json',
  })
const anna = makeNode()
const bert = makeNode()

await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

// A change comes as an event, to every node, the one that made it included.
/** @type {Promise<import('@ts2p/sync').DictionaryChange<string, Job>>} */
const seen = new Promise((resolve) => bert.once('change', resolve))
anna.set('job/17', { state: 'running', by: 'anna' })
const { key, value, owner } = await seen
console.log(`bert sees ${key}: ${value?.state}, set by ${owner === anna.id ? 'anna' : owner}`)

// Reading asks nobody: every node holds the whole dictionary.
console.log('bert reads', bert.get('job/17'))

// Changes can also be read one after the other.
const watch = bert.watch('job/')
anna.update({ 'user/1': { state: 'waiting' }, 'job/18': { state: 'waiting' } })
for await (const change of watch) {
  console.log(`watched: ${change.type} of ${change.key}`)
  break
}

// A socket that listens keeps the program alive until it is closed.
await Promise.all([anna.close(), bert.close()])
