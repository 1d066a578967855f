import { NodeIdCache } from '@ts2p/protocol'
import type { Flag, NodeId } from '@ts2p/protocol'
import { SequenceSet } from './sequence-set.ts'
import type { Range } from './sequence-set.ts'
import type { Copy } from './slabs.ts'

/** A flood on its way through. */
export type PassingFlood = FloodOf<Uint8Array>

/** A flood kept for neighbours that missed it. */
export interface KeptFlood extends FloodOf<Copy> {
  /** How many were kept before it, ever. */
  readonly place: number
}

interface FloodOf<B> extends Range {
  readonly flag: Flag
  /** The number of the channel that it belongs to; 0: none. */
  readonly channel: number
  readonly payload: B
  /** The payload as it came, if that was compressed. */
  readonly compressed: B | undefined
  /** Links that it had crossed when it came here. */
  readonly hops: number
  /** Monotonic milliseconds. */
  readonly receivedAt: number
}

/** What a link was not sent since it was congested, or since an answer to it was cut off. */
interface Backlog {
  /** Whether it goes without the next messages, too. */
  isLeftOut: boolean
  /** Only of floods that are kept. */
  ranges: readonly Range[]
}

/** What a node knows of the messages to all of one run of one node: what came, and the node's place in the tree by which it comes. */
export interface Origin<L> {
  readonly hash: Uint8Array
  readonly epoch: number
  readonly id: NodeId
  readonly received: SequenceSet
  /** The link by which its messages come. */
  parent: L | undefined
  /** Links that its messages cross until they are here. */
  hops: number
  /** The links by which they go on at once. */
  eager: L[]
  /** Links that are left out, or miss messages that they have not asked for yet. */
  readonly missed: Map<L, Backlog>
  /** A link that has them as well, and not from here: asked first if the parent is lost. */
  backup: { readonly link: L; readonly hops: number } | undefined
  /** Its floods that are kept, the oldest first, by the sequence of their first message. */
  readonly kept: Map<number, KeptFlood>
  /** When a neighbour that would bring them sooner was last asked to, monotonic milliseconds. */
  hastenedAt: number | undefined
  /** What came since neighbours were last told, and when, monotonic milliseconds. */
  news: (Range & { readonly from: L | undefined; readonly at: number })[]
}

/** The origins met, at most so many: whoever was silent for longest is forgotten first. */
export class Origins<L> implements Iterable<Origin<L>> {
  readonly #originsMax: number
  readonly #onForgotten: (origin: Origin<L>) => void
  readonly #ids = new NodeIdCache()
  readonly #origins = new Map<string, Origin<L>>()
  /** This node itself, which is not forgotten. */
  readonly own: Origin<L>
  /** The one met last: floods of one origin often come one after the other. */
  #latest: Origin<L> | undefined

  /** @param options.onForgotten called with an origin that was removed for another */
  constructor(options: {
    originsMax: number
    hash: Uint8Array
    epoch: number
    onForgotten?: (origin: Origin<L>) => void
  }) {
    this.#originsMax = options.originsMax
    this.#onForgotten = options.onForgotten ?? (() => undefined)
    this.own = createOrigin(options.hash, options.epoch, this.idOf(options.hash))
  }

  *[Symbol.iterator](): Iterator<Origin<L>> {
    yield this.own
    yield* this.#origins.values()
  }

  idOf(hash: Uint8Array): NodeId {
    return this.#ids.fromHash(hash)
  }

  find(hash: Uint8Array, epoch: number): Origin<L> | undefined {
    for (const origin of [this.#latest, this.own]) {
      if (origin && origin.epoch === epoch && isSame(origin.hash, hash)) return origin
    }
    return this.#origins.get(nameOf(hash, epoch))
  }

  /** The origin, which is new if it was not met before. */
  meet(hash: Uint8Array, epoch: number): { readonly origin: Origin<L>; readonly isNew: boolean } {
    const known = this.find(hash, epoch)
    const origin = known ?? createOrigin<L>(hash, epoch, this.idOf(hash))
    if (origin === this.#latest || origin === this.own) return { origin, isNew: false }
    this.#latest = origin
    const name = nameOf(hash, epoch)
    this.#origins.delete(name)
    this.#origins.set(name, origin)
    if (this.#origins.size > this.#originsMax) this.#forgetOldest()
    return { origin, isNew: known === undefined }
  }

  #forgetOldest(): void {
    const [[name, origin] = []] = this.#origins
    if (name === undefined || !origin) return
    this.#origins.delete(name)
    this.#onForgotten(origin)
  }
}

function createOrigin<L>(hash: Uint8Array, epoch: number, id: NodeId): Origin<L> {
  return {
    hash: Uint8Array.from(hash),
    epoch,
    id,
    received: new SequenceSet(),
    parent: undefined,
    hops: 0,
    eager: [],
    missed: new Map(),
    backup: undefined,
    hastenedAt: undefined,
    kept: new Map(),
    news: [],
  }
}

function nameOf(hash: Uint8Array, epoch: number): string {
  return `${String.fromCharCode(...hash)}${epoch}`
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}
