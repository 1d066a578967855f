import type { KeptFlood, Source, PassingFlood } from './origins.ts'
import type { Range } from './sequence-set.ts'
import { Slabs } from './slabs.ts'

/** Bytes that a kept flood takes besides its payload: its own objects, its place in the queue and in a Map. */
export const overheadBytes = 700

/** The floods lately received or sent, for neighbors that missed them: bounded by bytes and by age. */
export class KeptFloods<L> {
  readonly #bytesMax: number
  readonly #ageMsMax: number
  /** The oldest first; undefined where one went before its time. Those before #start are gone. */
  #queue: ({ readonly source: Source<L>; readonly flood: KeptFlood } | undefined)[] = []
  #start = 0
  /** The place of the first in the queue. */
  #firstPlace = 0
  #bytes = 0
  readonly #slabs = new Slabs()
  readonly #onEvicted: (source: Source<L>, flood: KeptFlood) => void

  /** @param options.onEvicted called with each flood that is dropped, for want of room or since it is too old */
  constructor(options: {
    bytesMax: number
    ageMsMax: number
    onEvicted?: (source: Source<L>, flood: KeptFlood) => void
  }) {
    this.#bytesMax = options.bytesMax
    this.#ageMsMax = options.ageMsMax
    this.#onEvicted = options.onEvicted ?? (() => undefined)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a copy of a flood. */
  add(source: Source<L>, passing: PassingFlood): void {
    const { payload, compressed } = passing
    const flood: KeptFlood = {
      ...passing,
      payload: this.#slabs.copy(payload),
      compressed: compressed && this.#slabs.copy(compressed),
      place: this.#firstPlace + this.#queue.length,
    }
    source.kept.set(flood.first, flood)
    this.#queue.push({ source, flood })
    this.#bytes += bytesOf(flood)
    this.trim(flood.receivedAt)
  }

  /** Drops what is too old or too much. */
  trim(now: number): void {
    for (; this.#start < this.#queue.length; this.#start += 1) {
      const oldest = this.#queue[this.#start]
      if (!oldest) continue
      const isOld = now - oldest.flood.receivedAt > this.#ageMsMax
      // One flood that is left keeps a whole piece of memory.
      if (!isOld && Math.max(this.#bytes, this.#slabs.heldBytes) <= this.#bytesMax) break
      this.#drop(oldest.flood)
      oldest.source.kept.delete(oldest.flood.first)
      this.#onEvicted(oldest.source, oldest.flood)
    }
    if (this.#start > 1024 && this.#start * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#start)
      this.#firstPlace += this.#start
      this.#start = 0
    }
  }

  /** Drops all floods of a source that is forgotten, since requests can no longer name it. */
  forget(source: Source<L>): void {
    for (const flood of source.kept.values()) this.#drop(flood)
    source.kept.clear()
  }

  #drop(flood: KeptFlood): void {
    this.#queue[flood.place - this.#firstPlace] = undefined
    this.#bytes -= bytesOf(flood)
    this.#slabs.release(flood.payload)
    if (flood.compressed) this.#slabs.release(flood.compressed)
  }
}

/** What is kept of a source: from the first to the highest received; undefined if nothing is. */
export function keptRange<L>({ kept, received }: Source<L>): Range | undefined {
  if (kept.size === 0) return undefined
  let first = Number.POSITIVE_INFINITY
  for (const sequence of kept.keys()) first = Math.min(first, sequence)
  return { first, last: received.highest }
}

/** A kept flood to be sent: it may be let go of before it has left. */
export function copyOf({ first, last, flag, channel, hops, receivedAt, payload, compressed }: KeptFlood): PassingFlood {
  const copies = { payload: payload.bytes.slice(), compressed: compressed?.bytes.slice() }
  return { first, last, flag, channel, hops, receivedAt, ...copies }
}

function bytesOf({ payload, compressed }: KeptFlood): number {
  return payload.length + (compressed?.length ?? 0) + overheadBytes
}
