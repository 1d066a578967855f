// Cache invalidation: every node caches what it has read from a database; who changes that says so, and all drop what they have.
import { randomUUID } from 'node:crypto'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @returns {SyncSocket<string, string>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    leasing: false, // anybody may change anything; the last write wins
  })
const [anna, bert] = [makeNode(), makeNode()]
await anna.listen()

/** Slow, and the truth. */
const database = new Map([['price', '10']])
let reads = 0

// The dictionary holds which version of a thing is the last, and no more: so it stays small.
/** @param {typeof anna} node */
function makeCache(node) {
  const kept = new Map()
  // Also what was missed while there was no link is told, when nodes meet and compare.
  node.on('change', ({ key }) => kept.delete(key))
  return {
    /** @param {string} name */
    async read(name) {
      const key = `version/${name}`
      if (kept.has(key)) return kept.get(key)
      const version = node.get(key)
      reads += 1
      const value = await Promise.resolve(database.get(name))
      // It may have been changed while it was read: then it is answered once more, and not kept.
      if (node.get(key) === version) kept.set(key, value)
      return value
    },
    /** @param {string} name @param {string} value */
    async write(name, value) {
      await Promise.resolve(database.set(name, value)) // first the truth, then the news of it
      node.set(`version/${name}`, randomUUID())
    },
  }
}
const [annas, berts] = [makeCache(anna), makeCache(bert)]
console.log(await annas.read('price'), await annas.read('price'), await berts.read('price'), `in ${reads} reads`)
await annas.write('price', '12') // bert is not linked yet, and knows nothing of it
console.log(`bert has ${await berts.read('price')}, anna has ${await annas.read('price')}`)
const hears = new Promise((resolve) => bert.once('change', resolve))
await bert.connect('127.0.0.1', anna.addresses[0].port)
await hears
console.log(`linked, bert has ${await berts.read('price')}`)
console.log(await annas.read('price'), await berts.read('price'), `in ${reads} reads`)
await Promise.all([anna.close(), bert.close()])
