import { expect, test } from 'vitest'
import { KeptFloods, keptRange } from './kept-floods.ts'
import { Origins } from './origins.ts'
import type { Origin, PassingFlood } from './origins.ts'

function origins(count: number): Origin<string>[] {
  const all = new Origins<string>({ originsMax: 10, hash: new Uint8Array(32), epoch: 1 })
  return Array.from({ length: count }, (_, index) => all.meet(new Uint8Array(32).fill(index + 1), 1).origin)
}

function flood(first: number, receivedAt: number, bytes = 100): PassingFlood {
  const payload = new Uint8Array(bytes)
  return { first, last: first, flag: 'broadcast', payload, compressed: undefined, hops: 1, receivedAt }
}

test('what is kept is bounded by age, and nothing is lacking when it goes', () => {
  const [a] = origins(1)
  const kept = new KeptFloods<string>({ bytesMax: 1_000_000, ageMsMax: 1000 })
  if (!a) throw new Error('One origin was asked for.')
  for (let sequence = 1; sequence <= 5; sequence++) expect(kept.add(a, flood(sequence, sequence * 100))).toBe(false)
  expect(kept.trim(1350)).toBe(false)
  expect([...a.kept.keys()]).toEqual([4, 5])
  expect(kept.trim(10_000)).toBe(false)
  expect([a.kept.size, kept.bytes]).toEqual([0, 0])
})

test('what is kept is bounded by bytes, over all origins, and told of if it was not too old', () => {
  const [a, b] = origins(2)
  const kept = new KeptFloods<string>({ bytesMax: 1000, ageMsMax: 1000 })
  if (!a || !b) throw new Error('Two origins were asked for.')
  expect([kept.add(a, flood(1, 0)), kept.add(b, flood(1, 0)), kept.add(a, flood(2, 0))]).toEqual([false, false, false])
  expect(kept.add(b, flood(2, 0))).toBe(true)
  expect([[...a.kept.keys()], [...b.kept.keys()]]).toEqual([[2], [1, 2]])
  expect(kept.bytes).toBeLessThanOrEqual(1000)
})

test('a hundred thousand floods come and go, and leave nothing', () => {
  const [a] = origins(1)
  const kept = new KeptFloods<string>({ bytesMax: 30_000, ageMsMax: 1000 })
  if (!a) throw new Error('One origin was asked for.')
  for (let sequence = 1; sequence <= 100_000; sequence++) kept.add(a, flood(sequence, 0))
  expect(a.kept.size).toBe(100)
  expect([...a.kept.keys()][0]).toBe(99_901)
})

test('the range that is kept begins with the lowest, though it came last by repair', () => {
  const [a] = origins(1)
  const kept = new KeptFloods<string>({ bytesMax: 30_000, ageMsMax: 1000 })
  if (!a) throw new Error('One origin was asked for.')
  expect(keptRange(a)).toBeUndefined()
  for (const sequence of [5, 6, 3]) {
    a.received.add({ first: sequence, last: sequence }, 'link', 0)
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
