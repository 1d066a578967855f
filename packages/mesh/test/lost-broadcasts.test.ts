import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  nodeIn,
  received,
  startNetwork,
  startNode,
  startTopology,
} from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

const limits = { sendQueueSoftBytes: 100_000, repairBytesMax: 500_000, receiveQueueBytes: 100_000_000 }

/** The issue of a node that says which messages it has lost. */
function lossOf({ socket }: Node): { code: string; count: number; message: string } | undefined {
  return socket.issues.find(({ code }) => code === 'broadcasts-lost')
}

/**
 * Two nodes, of which one has stalled so many times, each time for longer than the other keeps messages. Each message is its number.
 * `missing`: how many did not come; `sent`: how many were sent.
 */
async function startAfterStalls(stalls: number) {
  const network = createNetwork(7)
  const nodes = await startTopology(network, ['a', 'slow'], [['slow', 'a']], { limits })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  let sent = 0
  const send = (bytes: number): void => {
    sent += 1
    a.socket.send([String(sent), network.simulation.random.bytes(bytes)])
    network.simulation.runFor(1)
  }
  const heard: number[] = []
  const collect = (): number[] => {
    const numbers = received(slow).map((text) => Number.parseInt(text, 10))
    heard.push(...numbers)
    return numbers
  }
  send(1)
  // What is missing in the first minute may be of the time before the node joined.
  network.simulation.runFor(60_000)
  for (let stall = 0; stall < stalls; stall += 1) {
    network.stall(slow.host, true)
    for (let index = 0; index < 16; index += 1) send(50_000)
    network.stall(slow.host, false)
    network.simulation.runFor(2000)
  }
  collect()
  return { network, a, slow, send, collect, heard, sent: () => sent, missing: sent - heard.length }
}

test.each([9, 12, scaled(40, 200)])(
  'a node that missed in %i stalls what nobody keeps any more gets every broadcast sent afterwards, and reports what was lost',
  async (stalls) => {
    const { network, a, slow, send, collect, heard, sent, missing } = await startAfterStalls(stalls)
    expect(missing).toBeGreaterThan(stalls)
    const first = sent() + 1
    for (let index = 0; index < 20; index += 1) {
      send(1000)
      network.simulation.runFor(20_000)
    }
    expect(collect()).toEqual(Array.from({ length: 20 }, (_, index) => first + index))
    expect(new Set(heard).size).toBe(heard.length)
    expect(lossOf(slow)).toMatchObject({ count: stalls, message: expect.stringContaining(a.socket.id) })
    expect(slow.socket.issues.map(({ code }) => code)).toEqual(['broadcasts-lost'])
    // Nobody is asked any more for what was given up.
    const { graftsSent } = slow.socket.metrics()
    network.cut(slow.host)
    network.simulation.runFor(30_000)
    expect(slow.socket.routingTable?.size).toBe(1)
    expect(slow.socket.metrics().graftsSent - graftsSent).toBeLessThanOrEqual(1)
  },
)

test('what was lost is reported though the source says no more', async () => {
  const { network, slow, missing } = await startAfterStalls(1)
  expect(missing).toBeGreaterThan(0)
  network.simulation.runFor(100_000)
  expect(lossOf(slow)).toBeUndefined()
  network.simulation.runFor(60_000)
  expect(lossOf(slow)?.count).toBe(1)
})

test('a node that joins late reports none of the messages that were sent before it as lost', async () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const network = createNetwork(seed, { latencyMs: [1, 60] })
    const nodes = await startTopology(network, ['a', 'b'], [['b', 'a']], { limits })
    const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
    const send = (): void => {
      for (const { socket } of [a, b]) socket.send(['x'.repeat(5000)])
      network.simulation.runFor(15)
    }
    for (let index = 0; index < 300; index += 1) send()
    const late = await startNode(network, 'late', { limits })
    const joined = connect(network, late.socket, 'a')
    for (let index = 0; index < 100; index += 1) send()
    await joined
    network.simulation.runFor(200_000)
    expect(received(late).length, `seed ${seed}`).toBeGreaterThan(100)
    expect(late.socket.issues, `seed ${seed}`).toEqual([])
  }
})

test('a node that joins by one that is itself behind reports none of the messages that were sent before it as lost', async () => {
  for (let seed = 6; seed < 6 + scaled(1, 12); seed += 1) {
    const network = createNetwork(seed, { latencyMs: [5, 150] })
    const { random } = network.simulation
    const nodes = await startNetwork(network, 10)
    const [first] = nodes
    if (!first) throw new Error('Ten nodes were asked for.')
    const send = (ticks: number): void => {
      for (let tick = 0; tick < ticks; tick += 1) {
        for (const { socket } of nodes) if (random.chance(0.5)) socket.send(['x'.repeat(300)])
        network.simulation.runFor(20)
      }
    }
    const anyNode = (): Node => nodes[random.integer(0, nodes.length - 1)] ?? first
    send(scaled(40, 100))
    for (let count = 0; count < scaled(5, 10); count += 1) {
      const late = await startNode(network, `late${count}`)
      const joined = connect(network, late.socket, anyNode().name)
      send(10)
      await joined
      nodes.push(late)
      if (random.chance(0.3)) network.cut(anyNode().host)
      send(20)
    }
    send(40)
    network.simulation.runFor(200_000)
    const issues = nodes.flatMap(({ socket }) => socket.issues.map(({ code }) => code))
    expect(
      issues.filter((code) => code === 'broadcasts-lost'),
      `seed ${seed}`,
    ).toEqual([])
  }
})
