// A layer of your own on the mesh: a counter that every node adds to (a G-Counter: Shapiro and others, 2011).
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'

class Counter {
  /** What each node has added, by its id. @type {Map<string, number>} */
  #added = new Map()
  #id
  #channel
  onChange = () => {}

  /** @param {MeshSocket} mesh a node that does not listen yet, and is not linked */
  constructor(mesh) {
    this.#id = mesh.id
    this.#channel = mesh.openChannel('example/counter', {
      // The mesh passes on a broadcast that is accepted. One that says nothing new goes no further.
      onBroadcast: (payload) => (this.#merge(payload).length > 0 ? 'accept' : 'ignore'),
      onMessage: (payload) => {
        const news = this.#merge(payload)
        if (news.length > 0) this.#channel.broadcast(bytesOf(news))
        return 'ignore'
      },
      // A new neighbor gets all that is known. So does one whose link was too slow for some broadcasts.
      onPeerUp: (peer) => this.#channel.send(peer, bytesOf([...this.#added])),
      onDrain: (peer) => this.#channel.send(peer, bytesOf([...this.#added])),
    })
  }

  get value() {
    return [...this.#added.values()].reduce((sum, added) => sum + added, 0)
  }

  /** @param {number} amount above 0 */
  add(amount) {
    const payload = bytesOf([[this.#id, (this.#added.get(this.#id) ?? 0) + amount]])
    this.#merge(payload)
    this.#channel.broadcast(payload)
  }

  /** The greater number of a node is the later one. @returns what was new. @param {Uint8Array} payload */
  #merge(payload) {
    /** @type {[string, number][]} */
    const entries = JSON.parse(new TextDecoder().decode(payload))
    const news = entries.filter(([id, added]) => added > (this.#added.get(id) ?? 0))
    for (const [id, added] of news) this.#added.set(id, added)
    if (news.length > 0) this.onChange()
    return news
  }
}

const bytesOf = (/** @type {unknown} */ value) => new TextEncoder().encode(JSON.stringify(value))
const nodes = [1, 2, 3].map(() => new MeshSocket({ transports: [tcp()], listen: { host: '127.0.0.1', port: 0 } }))
const [a, b, c] = nodes.map((node) => new Counter(node))
const seen = new Promise((resolve) => (c.onChange = () => c.value === 42 && resolve(c.value)))
a.add(40)
await nodes[0].listen()
for (const node of nodes.slice(1)) await node.connect('127.0.0.1', nodes[0].addresses[0].port)
b.add(2)
console.log('the third node counts', await seen)
await Promise.all(nodes.map((node) => node.close()))
