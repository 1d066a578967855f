/**
 * A program that waits for something, named by its argument, closes its sockets, and has nothing left to do: it must end by itself. Prints the
 * codes with which what waited was rejected, or what else it came to.
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { discoverLocally } from '@ts2p/discovery-mdns'
import { election, lock } from '@ts2p/locks'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'

/** Longer than anybody waits for a test. */
const timeoutMs = 2 ** 30
const host = '127.0.0.1'
/** @typedef {SyncSocket<string, string>} Node */
/** @param {object} [options] @returns {Node} */
const create = (options = {}) =>
  new SyncSocket({
    transports: [tcp(), websocket()],
    listen: [{ host }, { transport: 'ws', host }],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    ...options,
  })
/** @param {Promise<unknown>} promise */
const codeOf = (promise) =>
  promise.then(
    (value) => `resolved: ${JSON.stringify(value)}`,
    (/** @type {{ code: string }} */ error) => error.code,
  )
const controller = new AbortController()
const { signal } = controller

/**
 * Each begins something that would go on, and returns promises of what it comes to.
 * @type {Record<string, (anna: Node, bert: Node) => Promise<Promise<unknown>[]>>}
 */
const waits = {
  async 'a lock that waits'(anna, bert) {
    await lock(bert, 'lock', { settleMs: 10 })
    return [lock(anna, 'lock', { signal }), lock(anna, 'free', { signal })]
  },
  async 'a lock that is held'(anna) {
    const held = await lock(anna, 'lock', { settleMs: 10, signal })
    const lost = new Promise((resolve) => held.on('lost', ({ reason }) => resolve([reason, held.isHeld])))
    return [lost, once(held.signal, 'abort').then(() => 'aborted')]
  },
  async elections(anna) {
    const leads = election(anna, 'leader', { settleMs: 10 })
    await new Promise((resolve) => leads.on('elected', resolve))
    election(anna, 'leader')
    election(anna, 'leader', { stand: false })
    return [new Promise((resolve) => leads.on('lost', ({ reason }) => resolve(reason)))]
  },
  async replicated(anna) {
    anna.set('key', 'value')
    return [anna.replicated('key', { replicas: 5, timeoutMs })]
  },
  async messages(anna, bert) {
    bert.registerHandler((message) => message.type === 'question')
    return [
      anna.request(bert.id, ['?'], { type: 'question', timeoutMs }),
      anna.request(anna.id, ['?'], { type: 'question', timeoutMs }),
    ]
  },
  async writable(anna) {
    // More than a link takes at once, which compression makes no shorter.
    for (let sent = 0; sent < 50; sent += 1) anna.send([randomBytes(100_000)])
    await new Promise((resolve) => setImmediate(resolve))
    return [anna.writable()]
  },
  async watch(anna) {
    return [anna.watch('', { signal }).next()]
  },
  async 'connect, where nobody answers'(anna) {
    const mute = createServer().listen(0, host)
    await once(mute, 'listening')
    const address = mute.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const connected = [anna.connect(host, port), anna.connect(host, port, 'ws')]
    const [[link], [other]] = [await once(mute, 'connection'), await once(mute, 'connection')]
    anna.once('close', () => {
      mute.close()
      for (const each of [link, other]) each.on('error', () => undefined).resume()
    })
    return connected
  },
  async 'a kept node'() {
    const folder = await mkdtemp(join(tmpdir(), 'ts2p-closing-'))
    const kept = create({ persistence: new LevelPersistence(folder) })
    const early = [kept.ready, kept.connect(host, 1)]
    sockets.push(kept)
    afterwards = () => rm(folder, { recursive: true })
    return early
  },
  async discovery(anna) {
    const free = createSocket('udp4').bind(0)
    await once(free, 'listening')
    const { port } = free.address()
    await new Promise((resolve) => free.close(() => resolve(undefined)))
    const discovery = discoverLocally(anna, { port, interface: host })
    await discovery.ready.catch(() => undefined)
    return []
  },
}

let afterwards = () => Promise.resolve()
const sockets = [create(), create()]
const [anna, bert] = sockets
await anna.listen()
await Promise.all([
  new Promise((resolve) => anna.once('connect', () => resolve(undefined))),
  bert.connect(host, anna.addresses[0].port),
])
const outcomes = (await waits[process.argv[2]](anna, bert)).map(codeOf)
const closed = Promise.all(sockets.map((socket) => socket.close()))
controller.abort()
await closed
console.log(JSON.stringify(await Promise.all(outcomes)))
await afterwards()
