import { ClosedError, PeerLostError } from '@ts2p/base'
import { describe, expect, test } from 'vitest'
import { RemoteError, RequestTimeoutError } from '../src/errors.ts'
import {
  closeIn,
  connect,
  createNetwork,
  nodeIn,
  outcomeOf,
  received,
  settled,
  startChain,
  startTopology,
  textOf,
} from './network.test-helper.ts'
import { answerAll, runUntil, tallyOf } from './direct.test-helper.ts'

describe('a node that is gone', () => {
  test('1,000 requests to a killed neighbor are rejected within a second of the end of its link', async () => {
    const network = createNetwork(5)
    const nodes = await startChain(network, ['a', 'b', 'c'])
    const [a, c] = [nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
    const open = Array.from({ length: 1000 }, (_, index) => a.socket.request(c.socket.id, [`${index}`]))
    const tally = tallyOf(open)
    // Half of the time it has the requests already, and would answer them later.
    network.simulation.runFor(50)
    network.crash(c.host)
    await runUntil(network, () => a.socket.routingTable?.has(c.socket.id) !== true, 1000)
    const ms = await runUntil(network, () => tally.errors.length === 1000, 5000)
    expect(ms).toBeLessThan(1000)
    expect(tally.errors.every((error) => error instanceof PeerLostError && error.reason === 'unreachable')).toBe(true)
  })

  test.each([0, 1, 20, 1000])(
    '1,000 requests to a node 3 hops away that is killed after %i ms are rejected within 3 s',
    async (afterMs) => {
      const network = createNetwork(6)
      const nodes = await startChain(network, ['a', 'b', 'c', 'd'])
      const [a, d] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'd')]
      const hello = a.socket.sendTo(d.socket.id, ['hello'])
      network.simulation.runFor(1000)
      await hello
      const tally = tallyOf(Array.from({ length: 1000 }, (_, index) => a.socket.request(d.socket.id, [`${index}`])))
      network.simulation.runFor(afterMs)
      network.crash(d.host)
      const ms = await runUntil(network, () => tally.errors.length === 1000, 10_000)
      expect(ms).toBeLessThan(3000)
      expect(tally.errors.every((error) => error instanceof PeerLostError)).toBe(true)
    },
  )

  test('a link that is down for 500 ms causes no rejection, in a network of two and of four', async () => {
    for (const names of [
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ]) {
      for (let seed = 1; seed <= 10; seed++) {
        const network = createNetwork(seed)
        const nodes = await startChain(network, names)
        const [first, last] = [nodeIn(nodes, 'a'), nodeIn(nodes, names.at(-1) ?? 'b')]
        for (const node of [first, last]) answerAll(node)
        const warmUp = outcomeOf(first.socket.request(last.socket.id, ['warm up']))
        await runUntil(network, () => warmUp.value !== undefined, 5000)
        network.partition([[first.host], Object.values(nodes).flatMap(({ host }) => (host === first.host ? [] : host))])
        network.cut(first.host)
        const tally = tallyOf([
          ...Array.from({ length: 100 }, (_, index) => first.socket.request(last.socket.id, [`${index}`])),
          ...Array.from({ length: 100 }, (_, index) => last.socket.request(first.socket.id, [`${index}`])),
        ])
        network.simulation.runFor(500)
        network.heal()
        await runUntil(network, () => tally.resolved + tally.errors.length === 200, 10_000)
        expect(tally, `${names.length} nodes, seed ${seed}`).toEqual({ resolved: 200, errors: [] })
      }
    }
  })

  test('a node that does nothing for 5 s is not given up: it is linked', async () => {
    const network = createNetwork(7)
    const nodes = await startChain(network, ['a', 'b'])
    const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
    answerAll(b)
    network.stall(b.host, true)
    const answer = outcomeOf(a.socket.request(b.socket.id, ['x']))
    network.simulation.runFor(5000)
    network.stall(b.host, false)
    await runUntil(network, () => answer.value !== undefined, 5000)
    expect(answer.error).toBeUndefined()
  })

  test('a message to a node that never was is rejected, and blames nobody', async () => {
    const network = createNetwork(8)
    const nodes = await startChain(network, ['a', 'b'])
    const gone = nodeIn(nodes, 'b').socket.id.split('').toReversed().join('')
    const { socket } = nodeIn(nodes, 'a')
    await expect(socket.sendTo(gone as typeof socket.id, ['x'])).rejects.toThrow()
  })
})

describe('to oneself', () => {
  test('a message arrives, and a request is answered', async () => {
    const network = createNetwork(9)
    const { a } = await startTopology(network, ['a'], [])
    if (!a) throw new Error('One node was asked for.')
    answerAll(a)
    const sent = outcomeOf(a.socket.sendTo(a.socket.id, ['note']))
    const answer = outcomeOf(a.socket.request(a.socket.id, ['question']))
    network.simulation.runFor(10)
    await settled()
    network.simulation.runFor(10)
    await settled()
    expect([sent.error, answer.error]).toEqual([undefined, undefined])
    expect(answer.value && textOf(answer.value)).toBe('to question')
    expect(received(a)).toEqual(['note'])
  })

  test('what was sent in the tick of close() is rejected, and not delivered', async () => {
    const network = createNetwork(14)
    const { a } = await startTopology(network, ['a'], [])
    if (!a) throw new Error('One node was asked for.')
    const sent = outcomeOf(a.socket.sendTo(a.socket.id, ['note']))
    const answer = outcomeOf(a.socket.request(a.socket.id, ['question']))
    await closeIn(network, a.socket)
    await settled()
    expect([sent.error, answer.error]).toEqual([expect.any(ClosedError), expect.any(ClosedError)])
    expect(a.events).not.toContain('message')
  })
})

describe('requests', () => {
  test('a handler that throws, or rejects, answers with the name and message of its error', async () => {
    const network = createNetwork(10)
    const nodes = await startChain(network, ['a', 'b', 'c'])
    const [a, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'c')]
    c.socket.registerHandler((message) => {
      if (textOf(message) === 'throw') throw new RangeError('out of range')
      if (textOf(message) === 'reject') return Promise.reject(new TypeError('no such type')) as unknown as boolean
      return false
    })
    const [thrown, rejected] = ['throw', 'reject'].map((text) => outcomeOf(a.socket.request(c.socket.id, [text])))
    const plain = outcomeOf(a.socket.sendTo(c.socket.id, ['throw']))
    await runUntil(network, () => thrown?.error !== undefined && rejected?.error !== undefined, 5000)
    const remote = { code: 'REMOTE', target: c.socket.id }
    expect(thrown?.error).toBeInstanceOf(RemoteError)
    expect(thrown?.error).toMatchObject({ ...remote, remoteName: 'RangeError', remoteMessage: 'out of range' })
    expect(rejected?.error).toMatchObject({ ...remote, remoteName: 'TypeError', remoteMessage: 'no such type' })
    expect(plain.error).toBeUndefined()
    expect(c.socket.issues).toEqual([expect.objectContaining({ code: 'handler-failed', count: 3 })])
  })

  test('a reply made in the tick of its request carries the acknowledgment', async () => {
    const network = createNetwork(11)
    const nodes = await startChain(network, ['a', 'b'])
    const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
    answerAll(b)
    network.simulation.runFor(1000)
    const before = network.writes
    const answer = outcomeOf(a.socket.request(b.socket.id, ['x']))
    await runUntil(network, () => answer.value !== undefined, 100)
    // The request, the reply with the acknowledgment, and the acknowledgment of the reply.
    expect(network.writes - before).toBe(3)
  })

  test('a request that times out says whether it was received', async () => {
    const network = createNetwork(12)
    const nodes = await startChain(network, ['a', 'b'])
    const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
    const ignored = outcomeOf(a.socket.request(b.socket.id, ['x'], { timeoutMs: 500 }))
    await runUntil(network, () => ignored.error !== undefined, 1000)
    network.stall(b.host, true)
    const stuck = outcomeOf(a.socket.request(b.socket.id, ['x'], { timeoutMs: 500 }))
    await runUntil(network, () => stuck.error !== undefined, 1000)
    expect(
      [ignored.error, stuck.error].map((error) => error instanceof RequestTimeoutError && error.isReceived),
    ).toEqual([true, false])
  })

  test('answers arrive after the way between the two has changed', async () => {
    const network = createNetwork(13)
    const nodes = await startChain(network, ['a', 'b', 'c'])
    const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
    const answer = outcomeOf(a.socket.request(c.socket.id, ['x']))
    await runUntil(network, () => c.events.includes('message'), 5000)
    const question = c.socket.recv()
    await connect(network, c.socket, a.name)
    network.crash(b.host)
    const replied = outcomeOf(question?.reply(['y']) ?? Promise.reject(new Error('no question')))
    await runUntil(network, () => answer.value !== undefined, 5000)
    expect([replied.error, answer.error, answer.value && textOf(answer.value)]).toEqual([undefined, undefined, 'y'])
  })
})
