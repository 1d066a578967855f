import type { KeptFlood, Origin, PassingFlood } from './origins.ts'
import type { Range } from './sequence-set.ts'
import { Slabs } from './slabs.ts'

/** Bytes that a kept flood takes besides its payload. */
const overheadBytes = 200

/** The floods lately received or sent, for neighbours that missed them: bounded by bytes and by age. */
export class KeptFloods<L> {
  readonly #bytesMax: number
  readonly #ageMsMax: number
  /** The oldest first; those before #start are gone. */
  #queue: { readonly origin: Origin<L>; readonly flood: KeptFlood }[] = []
  #start = 0
  #bytes = 0
  readonly #slabs = new Slabs()

  constructor(limits: { bytesMax: number; ageMsMax: number }) {
    this.#bytesMax = limits.bytesMax
    this.#ageMsMax = limits.ageMsMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a copy of a flood. @returns whether one had to go for it that was not too old */
  add(origin: Origin<L>, passing: PassingFlood): boolean {
    const { payload, compressed } = passing
    const flood: KeptFlood = {
      ...passing,
      payload: this.#slabs.copy(payload),
      compressed: compressed && this.#slabs.copy(compressed),
    }
    origin.kept.set(flood.first, flood)
    this.#queue.push({ origin, flood })
    this.#bytes += bytesOf(flood)
    return this.trim(flood.receivedAt)
  }

  /** Drops what is too old or too much. @returns whether something went that was not too old */
  trim(now: number): boolean {
    let isRoomLacking = false
    for (;;) {
      const oldest = this.#queue[this.#start]
      if (!oldest) break
      const isOld = now - oldest.flood.receivedAt > this.#ageMsMax
      if (!isOld && this.#bytes <= this.#bytesMax) break
      isRoomLacking ||= !isOld
      oldest.origin.kept.delete(oldest.flood.first)
      this.#bytes -= bytesOf(oldest.flood)
      this.#slabs.release(oldest.flood.payload)
      if (oldest.flood.compressed) this.#slabs.release(oldest.flood.compressed)
      this.#start += 1
    }
    if (this.#start > 1024 && this.#start * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#start)
      this.#start = 0
    }
    return isRoomLacking
  }
}

/** What is kept of an origin: from the first to the highest received; undefined if nothing is. */
export function keptRange<L>({ kept, received }: Origin<L>): Range | undefined {
  if (kept.size === 0) return undefined
  let first = Number.POSITIVE_INFINITY
  for (const sequence of kept.keys()) first = Math.min(first, sequence)
  return { first, last: received.highest }
}

/** A kept flood to be sent: it may be let go of before it has left. */
export function copyOf({ payload, compressed, ...rest }: KeptFlood): PassingFlood {
  return { ...rest, payload: payload.bytes.slice(), compressed: compressed?.bytes.slice() }
}

function bytesOf({ payload, compressed }: KeptFlood): number {
  return payload.bytes.length + (compressed?.bytes.length ?? 0) + overheadBytes
}
