import { expect, test } from 'vitest'
import { KeptFloods, keptRange, overheadBytes } from './kept-floods.ts'
import { Origins } from './origins.ts'
import type { Origin, PassingFlood } from './origins.ts'

function origins(count: number): Origin<string>[] {
  const all = new Origins<string>({ originsMax: 10, hash: new Uint8Array(32), epoch: 1 })
  return Array.from({ length: count }, (_, index) => all.meet(new Uint8Array(32).fill(index + 1), 1).origin)
}

/** What a flood of 100 bytes counts for. */
const each = 100 + overheadBytes

function flood(first: number, receivedAt: number, bytes = 100): PassingFlood {
  const payload = new Uint8Array(bytes)
  return { first, last: first, flag: 'broadcast', channel: 0, payload, compressed: undefined, hops: 1, receivedAt }
}

test('what is kept is bounded by age, and told of when it goes', () => {
  const [a] = origins(1)
  const evicted: number[] = []
  const onEvicted = (_: Origin<string>, { first }: { first: number }): void => void evicted.push(first)
  const kept = new KeptFloods<string>({ bytesMax: 1_000_000, ageMsMax: 1000, onEvicted })
  if (!a) throw new Error('One origin was asked for.')
  for (let sequence = 1; sequence <= 5; sequence++) kept.add(a, flood(sequence, sequence * 100))
  kept.trim(1350)
  expect([...a.kept.keys()]).toEqual([4, 5])
  kept.trim(10_000)
  expect([a.kept.size, kept.bytes, evicted]).toEqual([0, 0, [1, 2, 3, 4, 5]])
})

test('what is kept is bounded by bytes, over all origins, and told of when it goes', () => {
  const [a, b] = origins(2)
  const evicted: (readonly [Origin<string>, number])[] = []
  const onEvicted = (origin: Origin<string>, { first }: { first: number }): void => void evicted.push([origin, first])
  const kept = new KeptFloods<string>({ bytesMax: 3.3 * each, ageMsMax: 1000, onEvicted })
  if (!a || !b) throw new Error('Two origins were asked for.')
  for (const [origin, sequence] of [
    [a, 1],
    [b, 1],
    [a, 2],
  ] as const)
    kept.add(origin, flood(sequence, 0))
  expect(evicted).toEqual([])
  kept.add(b, flood(2, 0))
  expect(evicted).toEqual([[a, 1]])
  expect([[...a.kept.keys()], [...b.kept.keys()]]).toEqual([[2], [1, 2]])
  expect(kept.bytes).toBe(3 * each)
})

test('a hundred thousand floods come and go, and leave nothing', () => {
  const [a] = origins(1)
  const kept = new KeptFloods<string>({ bytesMax: 100 * each, ageMsMax: 1000 })
  if (!a) throw new Error('One origin was asked for.')
  for (let sequence = 1; sequence <= 100_000; sequence++) kept.add(a, flood(sequence, 0))
  expect(a.kept.size).toBe(100)
  expect([...a.kept.keys()][0]).toBe(99_901)
})

test('the range that is kept begins with the lowest, though it came last by repair', () => {
  const [a] = origins(1)
  const kept = new KeptFloods<string>({ bytesMax: 100 * each, ageMsMax: 1000 })
  if (!a) throw new Error('One origin was asked for.')
  expect(keptRange(a)).toBeUndefined()
  for (const sequence of [5, 6, 3]) {
    a.received.add({ first: sequence, last: sequence }, 0)
    kept.add(a, flood(sequence, 0))
  }
  expect(keptRange(a)).toEqual({ first: 3, last: 6 })
})

test('an origin that was silent for longest is forgotten first, and never this node itself', () => {
  const all = new Origins<string>({ originsMax: 3, hash: new Uint8Array(32), epoch: 7 })
  const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
  for (const byte of [1, 2, 3, 1, 4]) all.meet(hash(byte), 1)
  expect([1, 2, 3, 4].map((byte) => all.find(hash(byte), 1) !== undefined)).toEqual([true, false, true, true])
  expect(all.find(new Uint8Array(32), 7)).toBe(all.own)
  expect(all.meet(hash(1), 2).isNew).toBe(true)
})

test('what is kept of an origin goes with it, and the others stay', () => {
  const [a, b] = origins(2)
  const kept = new KeptFloods<string>({ bytesMax: 10_000_000, ageMsMax: 1000 })
  if (!a || !b) throw new Error('Two origins were asked for.')
  for (let sequence = 1; sequence <= 3000; sequence++)
    for (const origin of [a, b]) kept.add(origin, flood(sequence, sequence))
  kept.forget(a)
  expect([a.kept.size, b.kept.size]).toEqual([0, 1001])
  for (let sequence = 3001; sequence <= 6000; sequence++) kept.add(b, flood(sequence, sequence))
  expect(kept.bytes).toBe(1001 * each)
  kept.forget(b)
  kept.trim(10_000)
  expect(kept.bytes).toBe(0)
})

test('onForgotten is called with each origin that was removed for another', () => {
  const forgotten: number[] = []
  const hash = new Uint8Array(32)
  const all = new Origins<string>({
    originsMax: 2,
    hash,
    epoch: 1,
    onForgotten: (origin) => void forgotten.push(origin.epoch),
  })
  for (const epoch of [10, 11, 10, 12, 13]) all.meet(new Uint8Array(32).fill(1), epoch)
  expect(forgotten).toEqual([11, 10])
})

test('one flood that is left in each piece of memory does not hold more than may be kept', () => {
  const kept = new KeptFloods<string>({ bytesMax: 2_000_000, ageMsMax: 60_000 })
  const onForgotten = (origin: Origin<string>): void => kept.forget(origin)
  const all = new Origins<string>({ originsMax: 4, hash: new Uint8Array(32), epoch: 1, onForgotten })
  const lasting = all.meet(new Uint8Array(32).fill(1), 1).origin
  const [large, small] = [flood(1, 0, 2000), flood(1, 0, 10)]
  const hash = new Uint8Array(32).fill(2)
  const before = process.memoryUsage().arrayBuffers
  for (let number = 1; number <= 20_000; number += 1) {
    kept.add(all.meet(hash, number).origin, large)
    if (number % 100 === 0) {
      all.meet(lasting.hash, lasting.epoch)
      kept.add(lasting, { ...small, first: number, last: number })
    }
  }
  expect(kept.bytes).toBeLessThan(2_000_000)
  // 40 MB went through.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
})
