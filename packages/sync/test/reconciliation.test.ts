import type { Connection } from '@ts2p/base'
import { decodeReconciliation, encodeReconciliation } from '@ts2p/protocol'
import type { ReconciliationMessage } from '@ts2p/protocol'
import { CodedSymbols, encodeSymbols } from '@ts2p/reconciliation'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { describe, expect, test } from 'vitest'
import { neighborMessage, startLiar } from './liar.test-helper.ts'
import {
  connect,
  contents,
  createNetwork,
  port,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'
import type { SyncSocket } from '../src/sync-socket.ts'

/** Of a node that has dropped nothing, and has room. */
const plain = { completeSince: 0, garbageBefore: 0, isFull: false }

const entries = (count: number, value = 'x'): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`key ${index}`, `${value} ${index}`.padEnd(100, String(index))])

/** How many bytes the network carries meanwhile. */
async function bytesOf(network: SimulatedNetwork, run: () => Promise<void> | void): Promise<number> {
  const before = network.bytes
  await run()
  return network.bytes - before
}

async function pass(network: SimulatedNetwork, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    network.simulation.runFor(100)
    await settled()
  }
}

async function part(network: SimulatedNetwork, from: SyncSocket<string, string>): Promise<void> {
  for (const connection of from.outgoing) from.disconnect(connection)
  await pass(network, 500)
}

describe('what two nodes hold differently is found', () => {
  test.each([1, 2, 3, 4, 5, 6])('whatever each has that the other has not, seed %i', async (seed) => {
    const network = createNetwork(seed)
    const { random } = network.simulation
    const { a, b, c } = await startApart(network, ['a', 'b', 'c'], { limits: { exchangeAddressesMax: 0 } })
    c.update(entries(2000))
    await connect(network, a, 'c')
    await connect(network, b, 'c')
    await part(network, a)
    await part(network, b)
    const [onA, onB] = [random.integer(0, 400), random.integer(0, 400)]
    for (let index = 0; index < onA; index++) a.set(`of a ${index}`, 'x')
    for (let index = 0; index < onB; index++) b.set(`of b ${index}`, 'x')
    await connect(network, b, 'a')
    await pass(network, 2000)
    expect(a.size).toBe(2000 + onA + onB)
    expect(contents(b)).toEqual(contents(a))
  })

  test('one of many keys costs its record and a few hundred bytes', async () => {
    const network = createNetwork(1)
    const { a, b, c } = await startApart(network, ['a', 'b', 'c'], { limits: { exchangeAddressesMax: 0 } })
    c.update(entries(5000))
    await connect(network, a, 'c')
    await connect(network, b, 'c')
    await part(network, a)
    await part(network, b)
    a.set('one', 'x')
    expect(await bytesOf(network, () => connect(network, b, 'a'))).toBeLessThan(3200)
    expect(b.get('one')).toBe('x')
  })

  test('who was linked before is told what has changed since, and not what it told itself', async () => {
    const network = createNetwork(1)
    const { a, b } = await startApart(network, ['a', 'b'])
    a.update(entries(5000))
    await connect(network, b, 'a')
    await pass(network, 1000)
    await part(network, b)
    a.set('meanwhile', 'of a')
    b.set('meanwhile too', 'of b')
    expect(await bytesOf(network, () => connect(network, b, 'a'))).toBeLessThan(4000)
    expect([a.size, b.size]).toEqual([5002, 5002])
  })

  test('a node that was restarted with nothing is sent everything again', async () => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    a.update(entries(3000))
    await pass(network, 1000)
    expect(b.size).toBe(3000)
    const { socket: c } = await startNode(network, 'c')
    await connect(network, c, 'b')
    await pass(network, 2000)
    expect(contents(c)).toEqual(contents(a))
  })

  test('whoever joins a network of many is sent about one copy', async () => {
    const network = createNetwork(1)
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
    const nodes = await startNetwork(network, names)
    nodes.a.update(entries(3000))
    await pass(network, 5000)
    const { socket: late } = await startNode(network, 'late')
    const many = await bytesOf(network, async () => {
      await connect(network, late, 'a')
      await pass(network, 10_000)
    })
    expect(late.size).toBe(3000)
    expect(late.routingTable?.size).toBeGreaterThan(3)
    // What a single copy costs.
    const other = createNetwork(1)
    const { x, y } = await startApart(other, ['x', 'y'])
    x.update(entries(3000))
    const one = await bytesOf(other, async () => {
      await connect(other, y, 'x')
      await pass(other, 10_000)
    })
    expect(y.size).toBe(3000)
    expect(many / one).toBeLessThan(2)
    console.log(`A join among eight took ${(many / one).toFixed(2)} copies.`)
  })
})

/** A liar that opens comparisons with a node and answers it, as it likes. */
async function startComparing(
  network: SimulatedNetwork,
  target: string,
  answer: (message: ReconciliationMessage, say: (message: ReconciliationMessage) => void) => void,
): Promise<{ say: (message: ReconciliationMessage) => void; heard: ReconciliationMessage[]; connection: Connection }> {
  const heard: ReconciliationMessage[] = []
  const sayOn = (connection: Connection, message: ReconciliationMessage): void =>
    connection.send(neighborMessage('reconciliation', encodeReconciliation(message)))
  const { connection } = await startLiar(network, target, {
    onMessage: (link, kind, payload) => {
      if (kind !== 'reconciliation') return
      const message = decodeReconciliation(payload)
      heard.push(message)
      answer(message, (said) => sayOn(link, said))
    },
  })
  return { say: (message) => sayOn(connection, message), heard, connection }
}

/** Symbols of no set. */
function garbage(network: SimulatedNetwork, start: number, length: number): Uint8Array {
  const symbols = new CodedSymbols()
  symbols.extend(length)
  const setSize = 1000
  for (let index = 0; index < length; index++) {
    for (let word = 0; word < 3; word++)
      symbols.words[index * 4 + word] = network.simulation.random.integer(-(2 ** 31), 2 ** 31 - 1)
    symbols.words[index * 4 + 3] = start + index === 0 ? setSize : network.simulation.random.integer(0, setSize)
  }
  return encodeSymbols({ setSize, start, symbols })
}

const position = { epoch: 1, sequence: 0 }
const nonce = new Uint8Array(8)

describe('liars', () => {
  test('symbols of no set, and streams without an end, are cut off, and the others are compared with meanwhile', async () => {
    for (const seed of [1, 2, 3]) {
      const network = createNetwork(seed)
      const { a, b } = await startNetwork(network, ['a', 'b'])
      a.update(entries(1000))
      await pass(network, 1000)
      let symbols = 0
      const { heard } = await startComparing(network, 'a', (message, say) => {
        if (message.kind === 'open') say({ kind: 'symbols', nonce, chunk: garbage(network, 0, 16) })
        if (message.kind === 'more') {
          say({
            kind: 'symbols',
            nonce: undefined,
            chunk: garbage(network, symbols || 16, message.end - (symbols || 16)),
          })
          symbols = message.end
        }
      })
      await pass(network, 300_000)
      expect(heard.filter(({ kind }) => kind === 'open').length).toBeGreaterThan(0)
      // 0.2 of 1000 records may differ, and each takes less than two symbols.
      expect(symbols).toBeLessThan(500)
      expect([a.size, b.size]).toEqual([1000, 1000])
      a.set('later', 'x')
      await pass(network, 1000)
      expect(b.get('later')).toBe('x')
    }
  })

  test('who opens comparisons without an end is answered now and then', async () => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    a.update(entries(1000))
    const { say, heard } = await startComparing(network, 'a', () => undefined)
    for (let times = 0; times < 1000; times++) {
      say({ kind: 'open', position, count: 1000, root: new Uint8Array(16), nonce, ...plain })
      await pass(network, 100)
    }
    const answers = heard.filter(({ kind }) => kind === 'symbols').length
    // 100 s: one each five seconds, and some at once.
    expect(answers).toBeGreaterThan(10)
    expect(answers).toBeLessThan(30)
  })

  test('who never ends an exchange of everything keeps nobody else from comparing', async () => {
    const network = createNetwork(1)
    const { a, b } = await startApart(network, ['a', 'b'])
    a.update(entries(1000))
    const { say, connection } = await startComparing(network, 'a', () => undefined)
    say({ kind: 'open', position, count: 1_000_000, root: new Uint8Array(16), nonce, ...plain })
    await pass(network, 1000)
    b.set('of b', 'x')
    const connected = b.connect('a', port)
    for (let second = 0; second < 40; second++) {
      // It is always just about to be done.
      say({ kind: 'settled', position })
      await pass(network, 1000)
    }
    await connected
    expect(connection.isEstablished).toBe(true)
    expect(a.get('of b')).toBe('x')
    expect(b.size).toBe(1001)
  })

  test.each([
    ['more than was made', { kind: 'more', end: 524_288 }],
    ['what was sent again', { kind: 'more', end: 1 }],
  ] as const)('who asks for %s is faulty', async (_, message) => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    a.update(entries(1000))
    const { say, connection } = await startComparing(network, 'a', () => undefined)
    say({ kind: 'open', position, count: 1000, root: new Uint8Array(16), nonce, ...plain })
    await pass(network, 1000)
    say(message)
    await pass(network, 1000)
    expect(connection.isEstablished).toBe(false)
  })

  test.each([
    ['no bytes', () => new Uint8Array(0)],
    ['symbols that are cut off', (chunk: Uint8Array) => chunk.subarray(0, -1)],
    ['symbols with a byte after the last one', (chunk: Uint8Array) => Uint8Array.of(...chunk, 0)],
  ])('a neighbor that answers with %s loses its link', async (_, spoil) => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    a.update(entries(1000))
    const { connection, heard } = await startComparing(network, 'a', (message, say) => {
      if (message.kind !== 'open') return
      say({ kind: 'symbols', nonce, chunk: spoil(garbage(network, 0, 16)) })
    })
    await pass(network, 60_000)
    expect(heard.filter(({ kind }) => kind === 'open')).toHaveLength(1)
    expect(connection.isEstablished).toBe(false)
    expect(a.issues.map(({ code }) => code)).toEqual(['protocol-violation'])
    expect(a.size).toBe(1000)
  })

  test('answers to what was not asked change nothing', async () => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    a.set('key', 'x')
    const { say, connection } = await startComparing(network, 'a', () => undefined)
    const sent = await bytesOf(network, async () => {
      say({ kind: 'all' })
      say({ kind: 'want', ids: new Uint8Array(80) })
      say({ kind: 'more', end: 16 })
      say({ kind: 'symbols', nonce, chunk: garbage(network, 0, 16) })
      say({ kind: 'at', position })
      await pass(network, 5000)
    })
    expect(sent).toBeLessThan(2000)
    expect(connection.isEstablished).toBe(true)
    expect(a.issues).toEqual([])
  })
})
