import { expect, test } from 'vitest'
import { MessageCache, cachedRange, overheadBytes } from './message-cache.ts'
import { idleMsMin, Sources } from './sources.ts'
import type { Source, ReceivedBroadcast } from './sources.ts'

/** A message of a source has come. */
function meet(all: Sources<string>, key: Uint8Array, epoch: number, now = 0): Source<string> {
  const { source } = all.getOrCreate(key, epoch, 'link', now)
  const next = source.received.highest + 1
  source.received.add({ first: next, last: next }, now)
  return source
}

function sources(count: number): Source<string>[] {
  const all = new Sources<string>({ sourcesMax: 10, key: new Uint8Array(32), epoch: 1 })
  return Array.from({ length: count }, (_, index) => meet(all, new Uint8Array(32).fill(index + 1), 1))
}

/** What a broadcast of 100 bytes counts for. */
const each = 100 + overheadBytes

function broadcast(first: number, receivedAt: number, bytes = 100): ReceivedBroadcast {
  const payload = new Uint8Array(bytes)
  return { first, last: first, flag: 'broadcast', channel: 0, payload, compressed: undefined, hops: 1, receivedAt }
}

test('what is kept is bounded by age, and told of when it goes', () => {
  const [a] = sources(1)
  const evicted: number[] = []
  const onEvicted = (_: Source<string>, { first }: { first: number }): void => void evicted.push(first)
  const kept = new MessageCache<string>({ bytesMax: 1_000_000, ageMsMax: 1000, onEvicted })
  if (!a) throw new Error('One source was asked for.')
  for (let sequence = 1; sequence <= 5; sequence++) kept.add(a, broadcast(sequence, sequence * 100))
  kept.trim(1350)
  expect([...a.cache.keys()]).toEqual([4, 5])
  kept.trim(10_000)
  expect([a.cache.size, kept.bytes, evicted]).toEqual([0, 0, [1, 2, 3, 4, 5]])
})

test('what is kept is bounded by bytes, over all sources, and told of when it goes', () => {
  const [a, b] = sources(2)
  const evicted: (readonly [Source<string>, number])[] = []
  const onEvicted = (source: Source<string>, { first }: { first: number }): void => void evicted.push([source, first])
  const kept = new MessageCache<string>({ bytesMax: 3.3 * each, ageMsMax: 1000, onEvicted })
  if (!a || !b) throw new Error('Two sources were asked for.')
  for (const [source, sequence] of [
    [a, 1],
    [b, 1],
    [a, 2],
  ] as const)
    kept.add(source, broadcast(sequence, 0))
  expect(evicted).toEqual([])
  kept.add(b, broadcast(2, 0))
  expect(evicted).toEqual([[a, 1]])
  expect([[...a.cache.keys()], [...b.cache.keys()]]).toEqual([[2], [1, 2]])
  expect(kept.bytes).toBe(3 * each)
})

test('a hundred thousand broadcasts come and go, and leave nothing', () => {
  const [a] = sources(1)
  const kept = new MessageCache<string>({ bytesMax: 100 * each, ageMsMax: 1000 })
  if (!a) throw new Error('One source was asked for.')
  for (let sequence = 1; sequence <= 100_000; sequence++) kept.add(a, broadcast(sequence, 0))
  expect(a.cache.size).toBe(100)
  expect([...a.cache.keys()][0]).toBe(99_901)
})

test('the range that is kept begins with the lowest, though it came last by repair', () => {
  const [a] = sources(1)
  const kept = new MessageCache<string>({ bytesMax: 100 * each, ageMsMax: 1000 })
  if (!a) throw new Error('One source was asked for.')
  expect(cachedRange(a)).toBeUndefined()
  for (const sequence of [5, 6, 3]) {
    a.received.add({ first: sequence, last: sequence }, 0)
    kept.add(a, broadcast(sequence, 0))
  }
  expect(cachedRange(a)).toEqual({ first: 3, last: 6 })
})

test('of sources that were silent for 10 min, the one silent for longest is forgotten first, and never this node itself', () => {
  const all = new Sources<string>({ sourcesMax: 3, key: new Uint8Array(32), epoch: 7 })
  const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
  for (const byte of [1, 2, 3]) meet(all, key(byte), 1)
  meet(all, key(1), 1)
  expect(all.hasRoomFor('link', idleMsMin - 1)).toBe(false)
  expect(all.hasRoomFor('link', idleMsMin)).toBe(true)
  meet(all, key(4), 1, idleMsMin)
  expect([1, 2, 3, 4].map((byte) => all.find(key(byte), 1) !== undefined)).toEqual([true, false, true, true])
  expect(all.find(new Uint8Array(32), 7)).toBe(all.own)
})

test('a link that brings sources without end takes the places of its own, and not those of others', () => {
  const all = new Sources<string>({ sourcesMax: 10, key: new Uint8Array(32), epoch: 7 })
  const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
  const come = (byte: number, link: string): boolean => {
    if (!all.hasRoomFor(link, 0)) return false
    all.getOrCreate(key(byte), 1, link, 0).source.received.add({ first: 1, last: 1 }, 0)
    return true
  }
  for (let byte = 1; byte <= 3; byte += 1) expect(come(byte, 'honest')).toBe(true)
  for (let byte = 100; byte < 150; byte += 1) come(byte, 'liar')
  expect([1, 2, 3].every((byte) => all.find(key(byte), 1))).toBe(true)
  expect(come(4, 'honest')).toBe(true)
  expect([1, 2, 3, 4].every((byte) => all.find(key(byte), 1))).toBe(true)
})

test('of sources that one link has only named, 256 are remembered, and none takes the place of one that sent', () => {
  const all = new Sources<string>({ sourcesMax: 10, key: new Uint8Array(32), epoch: 7 })
  const sent = meet(all, new Uint8Array(32).fill(1), 1)
  for (let epoch = 0; epoch < 1000; epoch += 1) all.getOrCreateNamed(new Uint8Array(32).fill(2), epoch, 'liar')
  const named = Array.from({ length: 1000 }, (_, epoch) => all.find(new Uint8Array(32).fill(2), epoch))
  expect(named.filter((source) => source !== undefined).length).toBe(256)
  expect([...all]).toEqual([all.own, sent])
  all.onUnlink('liar')
  expect(all.find(new Uint8Array(32).fill(2), 999)).toBeUndefined()
})

test('what is kept of a source goes with it, and the others stay', () => {
  const [a, b] = sources(2)
  const kept = new MessageCache<string>({ bytesMax: 10_000_000, ageMsMax: 1000 })
  if (!a || !b) throw new Error('Two sources were asked for.')
  for (let sequence = 1; sequence <= 3000; sequence++)
    for (const source of [a, b]) kept.add(source, broadcast(sequence, sequence))
  kept.dropSource(a)
  expect([a.cache.size, b.cache.size]).toEqual([0, 1001])
  for (let sequence = 3001; sequence <= 6000; sequence++) kept.add(b, broadcast(sequence, sequence))
  expect(kept.bytes).toBe(1001 * each)
  kept.dropSource(b)
  kept.trim(10_000)
  expect(kept.bytes).toBe(0)
})

test('onEvicted is called with each source that was removed for another', () => {
  const forgotten: number[] = []
  const key = new Uint8Array(32)
  const onEvicted = (source: Source<string>): void => void forgotten.push(source.epoch)
  const all = new Sources<string>({ sourcesMax: 2, key, epoch: 1, onEvicted })
  for (const [index, epoch] of [10, 11, 10, 12, 13].entries()) {
    meet(all, new Uint8Array(32).fill(1), epoch, index * idleMsMin)
  }
  expect(forgotten).toEqual([11, 10])
})

test('one broadcast that is left in each piece of memory does not hold more than may be kept', () => {
  const kept = new MessageCache<string>({ bytesMax: 2_000_000, ageMsMax: 60_000 })
  const onEvicted = (source: Source<string>): void => kept.dropSource(source)
  const all = new Sources<string>({ sourcesMax: 4, key: new Uint8Array(32), epoch: 1, onEvicted })
  const lasting = meet(all, new Uint8Array(32).fill(1), 1)
  const [large, small] = [broadcast(1, 0, 2000), broadcast(1, 0, 10)]
  const key = new Uint8Array(32).fill(2)
  const before = process.memoryUsage().arrayBuffers
  for (let number = 1; number <= 20_000; number += 1) {
    kept.add(meet(all, key, number, number * idleMsMin), large)
    if (number % 100 === 0) {
      meet(all, lasting.key, lasting.epoch, number * idleMsMin)
      kept.add(lasting, { ...small, first: number, last: number })
    }
  }
  expect(kept.bytes).toBeLessThan(2_000_000)
  // 40 MB went through.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
})
