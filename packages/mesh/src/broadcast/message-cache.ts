import type { CachedBroadcast, Source, ReceivedBroadcast } from './sources.ts'
import type { Range } from './sequence-set.ts'
import { BufferPool } from './buffer-pool.ts'

/** Bytes that a cached broadcast takes besides its payload: its own objects, its place in the queue and in a Map. */
export const overheadBytes = 700

/** The broadcasts lately received or sent, for neighbors that missed them: bounded by bytes and by age. */
export class MessageCache<L> {
  readonly #bytesMax: number
  readonly #ageMsMax: number
  /** The oldest first; undefined where one went before its time. Those before #start are gone. */
  #queue: ({ readonly source: Source<L>; readonly broadcast: CachedBroadcast } | undefined)[] = []
  #start = 0
  /** The place of the first in the queue. */
  #firstPlace = 0
  #bytes = 0
  readonly #pool = new BufferPool()
  readonly #onEvicted: (source: Source<L>, broadcast: CachedBroadcast) => void

  /** @param options.onEvicted called with each broadcast that is dropped, for want of room or since it is too old */
  constructor(options: {
    bytesMax: number
    ageMsMax: number
    onEvicted?: (source: Source<L>, broadcast: CachedBroadcast) => void
  }) {
    this.#bytesMax = options.bytesMax
    this.#ageMsMax = options.ageMsMax
    this.#onEvicted = options.onEvicted ?? (() => undefined)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a copy of a broadcast. */
  add(source: Source<L>, passing: ReceivedBroadcast): void {
    const { payload, compressed } = passing
    const broadcast: CachedBroadcast = {
      ...passing,
      payload: this.#pool.copy(payload),
      compressed: compressed && this.#pool.copy(compressed),
      place: this.#firstPlace + this.#queue.length,
    }
    source.cache.set(broadcast.first, broadcast)
    this.#queue.push({ source, broadcast })
    this.#bytes += bytesOf(broadcast)
    this.trim(broadcast.receivedAt)
  }

  /** Drops what is too old or too much. */
  trim(now: number): void {
    for (; this.#start < this.#queue.length; this.#start += 1) {
      const oldest = this.#queue[this.#start]
      if (!oldest) continue
      const isOld = now - oldest.broadcast.receivedAt > this.#ageMsMax
      // One broadcast that is left keeps a whole piece of memory.
      if (!isOld && Math.max(this.#bytes, this.#pool.heldBytes) <= this.#bytesMax) break
      this.#drop(oldest.broadcast)
      oldest.source.cache.delete(oldest.broadcast.first)
      this.#onEvicted(oldest.source, oldest.broadcast)
    }
    if (this.#start > 1024 && this.#start * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#start)
      this.#firstPlace += this.#start
      this.#start = 0
    }
  }

  /** Drops all broadcasts of a source that is forgotten, since requests can no longer name it. */
  dropSource(source: Source<L>): void {
    for (const broadcast of source.cache.values()) this.#drop(broadcast)
    source.cache.clear()
  }

  #drop(broadcast: CachedBroadcast): void {
    this.#queue[broadcast.place - this.#firstPlace] = undefined
    this.#bytes -= bytesOf(broadcast)
    this.#pool.release(broadcast.payload)
    if (broadcast.compressed) this.#pool.release(broadcast.compressed)
  }
}

/** What is kept of a source: from the first to the highest received; undefined if nothing is. */
export function cachedRange<L>({ cache: kept, received }: Source<L>): Range | undefined {
  if (kept.size === 0) return undefined
  let first = Number.POSITIVE_INFINITY
  for (const sequence of kept.keys()) first = Math.min(first, sequence)
  return { first, last: received.highest }
}

/** A cached broadcast to be sent: it may be let go of before it has left. */
export function copyOf({
  first,
  last,
  flag,
  channel,
  hops,
  receivedAt,
  payload,
  compressed,
}: CachedBroadcast): ReceivedBroadcast {
  const copies = { payload: payload.bytes.slice(), compressed: compressed?.bytes.slice() }
  return { first, last, flag, channel, hops, receivedAt, ...copies }
}

function bytesOf({ payload, compressed }: CachedBroadcast): number {
  return payload.length + (compressed?.length ?? 0) + overheadBytes
}
