import { NodeIdCache } from '@ts2p/protocol'
import type { Flag, NodeId } from '@ts2p/protocol'
import { LinkQuota } from '../quotas/link-quota.ts'
import { SequenceSet } from './sequence-set.ts'
import type { Range } from './sequence-set.ts'
import type { PooledBytes } from './buffer-pool.ts'

/** A broadcast on its way through. */
export type ReceivedBroadcast = BroadcastOf<Uint8Array>

/** A broadcast kept for neighbors that missed it. */
export interface CachedBroadcast extends BroadcastOf<PooledBytes> {
  /** How many were kept before it, ever. */
  readonly place: number
}

interface BroadcastOf<B> extends Range {
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
  isSkipped: boolean
  /** Only of broadcasts that are kept. */
  ranges: readonly Range[]
}

/** What a node knows of the broadcasts of one run of one node: what came, and the node's place in the tree by which it comes. */
export interface Source<L> {
  /** Its public key, 32 bytes. */
  readonly key: Uint8Array
  readonly epoch: number
  readonly id: NodeId
  readonly received: SequenceSet
  /** Whether a message of it has come; else neighbors have only named it. */
  hasDelivered: boolean
  /** The link that brought its first message, while that lasts. */
  broughtBy: L | undefined
  /** The link by which its messages come. */
  parent: L | undefined
  /** Links that its messages cross until they are here. */
  hops: number
  /** The links by which they go on at once. */
  eager: L[]
  /** Links that are left out, or miss messages that they have not asked for yet. */
  readonly missed: Map<L, Backlog>
  /** A link that has them as well, and not from here: asked first if the parent is lost. */
  fallback: { readonly link: L; readonly hops: number } | undefined
  /** Its broadcasts that are kept, the oldest first, by the sequence of their first message. */
  readonly cache: Map<number, CachedBroadcast>
  /** When a neighbor that would bring them sooner was last asked to, monotonic milliseconds. */
  optimizedAt: number | undefined
  /** When a neighbor may be asked for what was dropped because the source was over its budget, monotonic milliseconds; 0: nothing was. */
  retryAt: number
  /** What came since neighbors were last told, and when, monotonic milliseconds. */
  unannounced: (Range & { readonly from: L | undefined; readonly at: number })[]
}

/** How many sources one link may name of which no message has come, and how many new ones it may bring in a minute. */
const [heardPerLinkMax, newPerMinute] = [256, 1024]
/** Sources of which only the highest sequence is remembered, so that what came before is not delivered again. */
const forgottenMax = 16_384
/** A source is not forgotten before it was silent for so long: older messages are refused when they come again. */
export const idleMsMin = 600_000

/**
 * The runs of the sources of broadcasts: at most `sourcesMax` of which a message has come. Sources that neighbors have only named are kept
 * apart, and take no place of the others.
 */
export class Sources<L> implements Iterable<Source<L>> {
  readonly #sourcesMax: number
  readonly #onEvicted: (source: Source<L>) => void
  readonly #ids = new NodeIdCache()
  /** Silent for longest first. */
  readonly #sources = new Map<string, Source<L>>()
  /** Those that neighbors have named, by the link that was the first to do so. */
  readonly #named = new Map<string, Source<L>>()
  readonly #namedBy = new Map<L, Set<string>>()
  /** How many of the sources each link has brought. */
  readonly #brought = new Map<L, number>()
  readonly #quota = new LinkQuota<L>(newPerMinute)
  /** The highest sequences of sources that were forgotten before they were idle for long, the oldest first. */
  readonly #evicted = new Map<string, number>()
  /** This node itself, which is not forgotten. */
  readonly own: Source<L>
  /** The one met last: broadcasts of one source often come one after the other. */
  #latest: Source<L> | undefined

  /** @param options.onEvicted called with a source that was removed for another */
  constructor(options: {
    sourcesMax: number
    key: Uint8Array
    epoch: number
    onEvicted?: (source: Source<L>) => void
  }) {
    this.#sourcesMax = options.sourcesMax
    this.#onEvicted = options.onEvicted ?? (() => undefined)
    this.own = createSource(options.key, options.epoch, this.#ids.fromKey(options.key))
    this.own.hasDelivered = true
  }

  /** This node, and the sources of which a message has come. */
  *[Symbol.iterator](): Iterator<Source<L>> {
    yield this.own
    yield* this.#sources.values()
  }

  idOf(hash: Uint8Array): NodeId {
    return this.#ids.fromHash(hash)
  }

  /** The id of the node that has a key. */
  idOfKey(key: Uint8Array): NodeId {
    return this.#ids.fromKey(key)
  }

  /** A source of which a message has come, or one that a neighbor has named. */
  find(key: Uint8Array, epoch: number): Source<L> | undefined {
    for (const source of [this.#latest, this.own]) {
      if (source && source.epoch === epoch && isSame(source.key, key)) return source
    }
    const name = nameOf(key, epoch)
    return this.#sources.get(name) ?? this.#named.get(name)
  }

  /** A neighbor has named a source, which is new if it was not known. */
  getOrCreateNamed(key: Uint8Array, epoch: number, link: L): { readonly source: Source<L>; readonly isNew: boolean } {
    const known = this.find(key, epoch)
    if (known) return { source: known, isNew: false }
    const name = nameOf(key, epoch)
    const source = createSource<L>(key, epoch, this.#ids.fromKey(key))
    const names = this.#namedBy.get(link) ?? new Set()
    this.#namedBy.set(link, names)
    this.#named.set(name, source)
    names.add(name)
    const [oldest] = names
    if (names.size > heardPerLinkMax && oldest !== undefined) {
      names.delete(oldest)
      this.#named.delete(oldest)
    }
    return { source, isNew: true }
  }

  /** Whether a link may bring a source of which no message has come before. */
  hasRoomFor(link: L, now: number): boolean {
    return (
      this.#quota.hasRoom(link, now) &&
      (this.#sources.size < this.#sourcesMax || this.#dispensable(link, now) !== undefined)
    )
  }

  /** A message of a source has come, by a link. It is the source that sent last from now on. If it is new, `hasRoomFor` has been asked. */
  getOrCreate(
    key: Uint8Array,
    epoch: number,
    link: L,
    now: number,
  ): { readonly source: Source<L>; readonly isNew: boolean } {
    if (this.#latest && this.#latest.epoch === epoch && isSame(this.#latest.key, key))
      return { source: this.#latest, isNew: false }
    const name = nameOf(key, epoch)
    const known = this.#sources.get(name)
    this.#sources.delete(name)
    const source = known ?? this.#admit(name, this.getOrCreateNamed(key, epoch, link).source, link, now)
    this.#sources.set(name, source)
    this.#latest = source
    return { source, isNew: !known }
  }

  /** A link is gone: what it alone has named is forgotten. */
  onUnlink(link: L): void {
    for (const name of this.#namedBy.get(link) ?? []) this.#named.delete(name)
    this.#namedBy.delete(link)
    this.#brought.delete(link)
    this.#quota.delete(link)
    for (const source of this.#sources.values()) if (source.broughtBy === link) source.broughtBy = undefined
  }

  #count(link: L, by: number): void {
    this.#brought.set(link, (this.#brought.get(link) ?? 0) + by)
  }

  #admit(name: string, source: Source<L>, link: L, now: number): Source<L> {
    const victim = this.#sources.size < this.#sourcesMax ? undefined : this.#dispensable(link, now)
    if (victim) this.#evict(victim)
    this.#quota.spend(link, now)
    this.#named.delete(name)
    for (const names of this.#namedBy.values()) names.delete(name)
    source.hasDelivered = true
    source.broughtBy = link
    this.#count(link, 1)
    const highest = this.#evicted.get(name) ?? 0
    if (highest > 0) source.received.add({ first: 1, last: highest }, now)
    return source
  }

  /** One that has been silent for long; else one of the link that has brought most, unless that is the link that brings another. */
  #dispensable(link: L, now: number): Source<L> | undefined {
    const [oldest] = this.#sources.values()
    if (oldest && now - oldest.received.grewAt >= idleMsMin) return oldest
    const [[most, count] = []] = [...this.#brought].toSorted(([, a], [, b]) => b - a)
    if (most === undefined || count === undefined || count <= (this.#brought.get(link) ?? 0)) return undefined
    return [...this.#sources.values()].find(({ broughtBy }) => broughtBy === most)
  }

  #evict(source: Source<L>): void {
    const name = nameOf(source.key, source.epoch)
    this.#sources.delete(name)
    this.#evicted.delete(name)
    this.#evicted.set(name, source.received.highest)
    const [oldest] = this.#evicted.keys()
    if (this.#evicted.size > forgottenMax && oldest !== undefined) this.#evicted.delete(oldest)
    if (source.broughtBy) this.#count(source.broughtBy, -1)
    if (this.#latest === source) this.#latest = undefined
    this.#onEvicted(source)
  }
}

function createSource<L>(key: Uint8Array, epoch: number, id: NodeId): Source<L> {
  return {
    key: Uint8Array.from(key),
    epoch,
    id,
    received: new SequenceSet(),
    hasDelivered: false,
    broughtBy: undefined,
    parent: undefined,
    hops: 0,
    eager: [],
    missed: new Map(),
    fallback: undefined,
    optimizedAt: undefined,
    retryAt: 0,
    cache: new Map(),
    unannounced: [],
  }
}

function nameOf(key: Uint8Array, epoch: number): string {
  return `${Reflect.apply(String.fromCharCode, undefined, key)}${epoch}`
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}
