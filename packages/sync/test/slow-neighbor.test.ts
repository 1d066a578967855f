import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import {
  connect,
  contents,
  createNetwork,
  outcomeOf,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'
import { startLiar } from './liar.test-helper.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory in use. Buffers are released some time after a collection, so that the least of several figures counts. */
async function usedBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    collect()
    await settled()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    least = Math.min(least, heapUsed + arrayBuffers)
  }
  return least
}

/** Text that does not compress. */
function noise(length: number, seed: number): string {
  let state = seed + 1
  const characters = Buffer.alloc(length)
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    characters[index] = 33 + ((state >>> 16) % 90)
  }
  return characters.toString('latin1')
}

test('10,000 writes of 100 keys beside a neighbor that is stalled for 60 s take no memory, and it has the last state', async () => {
  const network = createNetwork(1)
  // With the default of 45 s, the stalled neighbor would be given up for its silence.
  const limits = { deadMs: 300_000, repairBytesMax: 2 * 1024 * 1024 }
  const { a, other } = await startApart(network, ['a', 'other'], { limits })
  const { host, socket: slow } = await startNode(network, 'slow', { limits })
  await connect(network, other, 'a')
  await connect(network, slow, 'a')
  const values = Array.from({ length: 100 }, (_, index) => noise(2000, index))
  const writeAll = (round: number): void => {
    for (const [index, value] of values.entries()) a.set(`key ${index}`, `${round} ${value}`)
    network.simulation.runFor(600)
  }
  // What is kept for repairs, whether there is a slow neighbor or not.
  for (let round = 0; round < 20; round++) writeAll(round)
  const before = await usedBytes()
  network.stall(host, true)
  let most = 0
  for (let round = 0; round < 100; round++) {
    writeAll(round)
    if (round % 25 === 24) most = Math.max(most, (await usedBytes()) - before)
  }
  expect(most).toBeLessThan(8 * 1024 * 1024)
  expect(a.routingTable?.size).toBe(2)
  network.stall(host, false)
  network.simulation.runFor(30_000)
  expect(contents(slow)).toEqual(contents(a))
})

test('30,000 waits for replicas at once lose no link, and all resolve', async () => {
  const network = createNetwork(2, { bytesPerSecond: 512 * 1024 })
  const { a } = await startNetwork(network, ['a', 'b', 'c', 'd'])
  let lostLinks = 0
  a.on('peer-disconnect', () => (lostLinks += 1))
  const outcomes = Array.from({ length: 30_000 }, (_, index) =>
    outcomeOf(
      a
        .set(`key ${index}`, 'x')
        .replicated(`key ${index}`, { replicas: 2, timeoutMs: 60_000 })
        .then(() => 'held'),
    ),
  )
  for (let slice = 0; slice < 500 && outcomes.some(({ value }) => value === undefined); slice++) {
    network.simulation.runFor(100)
    await settled()
  }
  expect(new Set(outcomes.map(({ value, error }) => value ?? error))).toEqual(new Set(['held']))
  expect(lostLinks).toBe(0)
})

test('questions about more keys than a queue takes lose no link, and all waits resolve', async () => {
  const network = createNetwork(4)
  const limits = { sendQueueSoftBytes: 512 * 1024, sendQueueHardBytes: 1024 * 1024 }
  const { a } = await startNetwork(network, ['a', 'b'], { limits })
  let lostLinks = 0
  a.on('peer-disconnect', () => (lostLinks += 1))
  const keys = Array.from({ length: 3000 }, (_, index) => noise(1000, index))
  for (const [index, key] of keys.entries()) {
    a.set(key, 'x')
    if (index % 100 === 0) network.simulation.runFor(100)
  }
  network.simulation.runFor(1000)
  const outcomes = keys.map((key) => outcomeOf(a.replicated(key).then(() => 'held')))
  network.simulation.runFor(10_000)
  await settled()
  expect(lostLinks).toBe(0)
  expect(outcomes.filter(({ value }) => value === undefined)).toEqual([])
})

test('10,000 waits that have ended take no memory beside a neighbor that answers none of the questions', async () => {
  const network = createNetwork(5)
  const { a } = await startApart(network, ['a'])
  const { identity } = await startLiar(network, 'a')
  const key = noise(1000, 0)
  const waitFor = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) void outcomeOf(a.replicated(key, { timeoutMs: 400 }))
    network.simulation.runFor(2000)
    await settled()
  }
  a.set(key, 'x')
  await waitFor(1000)
  const before = await usedBytes()
  for (let round = 0; round < 10; round++) await waitFor(1000)
  expect((await usedBytes()) - before).toBeLessThan(4 * 1024 * 1024)
  expect(a.routingTable?.get(identity.id)).toBeDefined()
})

test('84 values of 500 kB in one tick are reported as lost by nobody: neighbors are sent what the keys hold', async () => {
  const network = createNetwork(3)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  for (let index = 0; index < 84; index++) a.set(`key ${index}`, noise(500_000, index))
  network.simulation.runFor(30_000)
  expect(a.issues).toEqual([])
  expect(b.issues).toEqual([])
  expect(contents(b)).toEqual(contents(a))
})
