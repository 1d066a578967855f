// Two nodes, one dictionary: what one sets, the other has.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const options = { transports: [tcp()], listen: { host: '127.0.0.1', port: 0 }, keyEncoding: 'utf8', valueEncoding: 'json' }
const anna = new SyncSocket(options)
const bert = new SyncSocket(options)

await anna.listen() // port 0: any that is free; anna.addresses tells which
await bert.connect('127.0.0.1', anna.addresses[0].port)

// A change comes as an event, to every node, the one that made it included.
const seen = new Promise((resolve) => bert.once('update', resolve))
anna.set('job/17', { state: 'running', by: 'anna' })
const { key, value, owner } = await seen
console.log(`bert sees ${key}: ${value.state}, set by ${owner === anna.id ? 'anna' : owner}`)

// Reading asks nobody: every node holds the whole dictionary.
console.log('bert reads', bert.get('job/17'))

// Changes can also be read one after the other.
const watch = bert.watch('job/')
anna.update({ 'job/18': { state: 'waiting' }, 'user/1': { name: 'dora' } })
for await (const change of watch) {
  console.log(`watched: ${change.type} of ${change.key}`)
  break
}

await Promise.all([anna.close(), bert.close()])
