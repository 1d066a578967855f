import type { Connection, Environment } from '@ts2p/base'
import { encodeIHave, encodeIWant, openEnd, OutgoingEnvelope, sequenceRangesMax } from '@ts2p/protocol'
import type { Flag, NodeId, SequenceRange, IWant } from '@ts2p/protocol'
import { cachedRange } from './message-cache.ts'
import { costs } from '../messages/processing-costs.ts'
import { shuffled } from '../membership/dial-plan.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { MissingMessages, waits } from './missing-messages.ts'
import type { Source, Sources } from './sources.ts'
import type { Range } from './sequence-set.ts'
import { optimize, considerFallback, removeMissed, fallbackPeers } from './tree.ts'

/** How long after something came neighbors are told, milliseconds: at random within these, so that not all nodes that a message reached tell at once. */
const announceMs = { least: 75, most: 125 } as const

/** How long the request may be under way, and how far the two sides may be apart in when the link began, milliseconds. */
const underWayMs = 500

/**
 * The lazy part of Plumtree: sends IHAVE to the neighbors that do not get a message at once, IWANT for what is missing here, and PRUNE for
 * what comes twice. Its one timer runs only while there is something to announce, or something missing.
 */
export class LazyPush {
  readonly #sources: Sources<Connection>
  readonly #environment: Environment
  readonly #links: () => ReadonlyMap<NodeId, Connection>
  readonly #counters: MeshCounters
  readonly #memberForMs: () => number
  readonly #missing = new MissingMessages<Connection>()
  readonly #prunes = new Map<Connection, Set<Source<Connection>>>()
  readonly #changed = new Set<Source<Connection>>()
  /** The link whose first word may be of what was sent before this node came. */
  #firstLink: Connection | undefined
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: {
    sources: Sources<Connection>
    environment: Environment
    links: () => ReadonlyMap<NodeId, Connection>
    counters: MeshCounters
    memberForMs: () => number
  }) {
    this.#sources = options.sources
    this.#environment = options.environment
    this.#links = options.links
    this.#counters = options.counters
    this.#memberForMs = options.memberForMs
  }

  /** Messages came just now, by this link (undefined: they are this node's own). */
  onDelivered(source: Source<Connection>, { first, last }: Range, from: Connection | undefined): void {
    const latest = source.unannounced.at(-1)
    if (latest && latest.from === from && latest.last + 1 === first) {
      source.unannounced[source.unannounced.length - 1] = { first: latest.first, last, from, at: latest.at }
    } else source.unannounced.push({ first, last, from, at: this.#environment.monotonicNow() })
    this.#changed.add(source)
    this.#arm()
  }

  /** Messages are missing that this link has: later ones came by it, or they were dropped. */
  onGap(source: Source<Connection>, range: Range, from: Connection): void {
    this.#missing.add(source, range, from, { dueAt: this.#environment.monotonicNow() + waits.treeMs })
    this.#arm()
  }

  /** A link has sent what came by another: it need not, once this turn is over. */
  prune(source: Source<Connection>, link: Connection): void {
    if (this.#prunes.size === 0) this.#environment.defer(() => this.#sendPrunes())
    const sources = this.#prunes.get(link)
    if (sources) sources.add(source)
    else this.#prunes.set(link, new Set([source]))
  }

  /** A link is there. `isFirst`: this node joins by it; `isOnly`: everything must come by it. */
  onLink(link: Connection, { isFirst, isOnly }: { isFirst: boolean; isOnly: boolean }): void {
    if (isFirst) this.#firstLink = link
    if (isOnly) this.#sendIWant(link, { ranges: [], ageMsMax: 0, isEverything: true })
  }

  /** Tells a neighbor all that is kept, even if it is nothing: the first word on a link is of what was before it. */
  announceAll(link: Connection): void {
    const ranges = [...this.#sources].flatMap((source) => {
      const range = cachedRange(source)
      return range ? [rangeOf(source, range)] : []
    })
    this.#sendIHave(link, ranges.length > 0 ? noticesOf(ranges) : [controlOf('notify', encodeIHave([]))])
  }

  /** A neighbor tells what it has. */
  onIHave(from: Connection, ranges: readonly SequenceRange[]): void {
    const now = this.#environment.monotonicNow()
    const isBefore = this.#firstLink === from
    if (isBefore) this.#firstLink = undefined
    const named = new Set<Source<Connection>>()
    let work = 0
    for (const { source: key, epoch, first, last, hops, ageMs } of ranges) {
      const { source, isNew } = this.#sources.getOrCreateNamed(key, epoch, from)
      if (isNew) work += costs.newSource
      // A range without an age may have gaps: it is all that the neighbor keeps.
      if (ageMs > 0) removeMissed(source, from, { first, last })
      if (source === this.#sources.own || first === 0) continue
      if (source.received.hasAll({ first, last })) {
        considerFallback(source, from, hops)
        if (optimize(source, from, { first, ageMs }, now)) this.#requestRanges(from, [restOf(source)])
      } else {
        this.#missing.add(source, { first, last }, from, { dueAt: source.parent ? now + waits.treeMs : now, isBefore })
        named.add(source)
        work += costs.missing
      }
    }
    from.charge(work)
    if (this.#missing.isEmpty) return
    // The timer looks at the others: what an announcement costs must not grow with all that is missing.
    this.#request(named)
    this.#arm()
  }

  /** The link by which the messages of these sources came is gone. */
  onOrphans(orphans: readonly Source<Connection>[], lost: Connection): void {
    this.#prunes.delete(lost)
    this.#missing.onUnlink(lost)
    const wanted = new Map<Connection, SequenceRange[]>()
    const links = shuffled([...this.#links().values()], () => this.#environment.random())
    for (const source of orphans) {
      this.#missing.hurry(source)
      for (const link of fallbackPeers(source, links)) {
        const ranges = wanted.get(link)
        if (ranges) ranges.push(restOf(source))
        else wanted.set(link, [restOf(source)])
      }
    }
    for (const [link, ranges] of wanted) this.#requestRanges(link, ranges)
    if (!this.#missing.isEmpty) this.#request()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #arm(): void {
    if (this.#cancelTimer || this.#isClosed) return
    const delayMs = announceMs.least + this.#environment.random() * (announceMs.most - announceMs.least)
    this.#cancelTimer = this.#environment.setTimer(delayMs, () => {
      this.#cancelTimer = undefined
      this.#announceNew()
      this.#request()
      if (!this.#missing.isEmpty) this.#arm()
    })
  }

  /** Tells each neighbor what came, but not by it, and was not sent to it. */
  #announceNew(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    // Most neighbors are told the same: that is made into bytes once.
    let everything: readonly OutgoingEnvelope[] | undefined
    const now = this.#environment.monotonicNow()
    const ranges = (news: Source<Connection>['unannounced'], source: Source<Connection>): SequenceRange[] =>
      news.map((range) => rangeOf(source, range, Math.max(1, Math.round(now - range.at))))
    for (const link of this.#links().values()) {
      if (changed.every((source) => newsFor(source, link) === source.unannounced)) {
        everything ??= noticesOf(changed.flatMap((source) => ranges(source.unannounced, source)))
        this.#sendIHave(link, everything)
      } else {
        this.#sendIHave(link, noticesOf(changed.flatMap((source) => ranges(newsFor(source, link), source))))
      }
    }
    for (const source of changed) source.unannounced = []
  }

  /** @param sources whose messages to ask for; default: all */
  #request(sources?: Iterable<Source<Connection>>): void {
    const isLinked = (link: Connection): boolean => this.#links().get(link.id) === link
    const byLink = new Map<Connection, SequenceRange[]>()
    for (const { source, ranges, isAll, link } of this.#missing.due(
      this.#environment.monotonicNow(),
      isLinked,
      sources,
    )) {
      const { highest } = source.received
      const wanted = ranges.map(({ first, last }) =>
        rangeOf(source, { first, last: isAll && last > highest ? openEnd : last }),
      )
      const others = byLink.get(link)
      if (others) others.push(...wanted)
      else byLink.set(link, wanted)
    }
    for (const [link, ranges] of byLink) this.#requestRanges(link, ranges)
  }

  #sendIHave(link: Connection, notices: readonly OutgoingEnvelope[]): void {
    this.#counters.controlSent += notices.length
    for (const notice of notices) link.send(notice)
  }

  /** For what came while this node was in the network: the rest is none of its business. */
  #requestRanges(link: Connection, ranges: readonly SequenceRange[]): void {
    const ageMsMax = Math.min(2 ** 32 - 1, Math.ceil(this.#memberForMs() + underWayMs))
    for (let start = 0; start < ranges.length; start += sequenceRangesMax) {
      this.#sendIWant(link, { ranges: ranges.slice(start, start + sequenceRangesMax), ageMsMax, isEverything: false })
    }
  }

  #sendIWant(link: Connection, wanted: IWant): void {
    this.#counters.graftsSent += 1
    this.#send(link, 'resend', encodeIWant(wanted))
  }

  #sendPrunes(): void {
    const prunes = [...this.#prunes]
    this.#prunes.clear()
    for (const [link, sources] of prunes) {
      this.#counters.prunesSent += sources.size
      const ranges = [...sources].map((source) => rangeOf(source, { first: 0, last: 0 }))
      this.#send(link, 'prune', encodeIHave(ranges))
    }
  }

  #send(link: Connection, flag: Flag, payload: Uint8Array): void {
    this.#counters.controlSent += 1
    link.send(controlOf(flag, payload))
  }
}

/**
 * The ranges of a source to announce to a neighbor: those that did not come from it, and none if it is sent the messages. The parent and the
 * source itself also get announcements, because a node that left out a link needs to know what the neighbor got from others. Returns the
 * source's own list if that is all of it, so that one announcement serves many neighbors.
 */
function newsFor(source: Source<Connection>, link: Connection): Source<Connection>['unannounced'] {
  if (source.eager.includes(link)) return []
  return source.unannounced.some(({ from }) => from === link)
    ? source.unannounced.filter(({ from }) => from !== link)
    : source.unannounced
}

/** Messages about messages overtake those: their order with them means nothing. */
function controlOf(flag: Flag, payload: Uint8Array): OutgoingEnvelope {
  return new OutgoingEnvelope(flag, payload, { isUrgent: true })
}

function noticesOf(ranges: readonly SequenceRange[]): OutgoingEnvelope[] {
  const pieces = Math.ceil(ranges.length / sequenceRangesMax)
  return Array.from({ length: pieces }, (_, piece) => {
    const start = piece * sequenceRangesMax
    return controlOf('notify', encodeIHave(ranges.slice(start, start + sequenceRangesMax)))
  })
}

function rangeOf({ key, epoch, hops }: Source<Connection>, { first, last }: Range, ageMs = 0): SequenceRange {
  return { source: key, epoch, first, last, hops, ageMs }
}

/** All that is still to come of a source. */
function restOf(source: Source<Connection>): SequenceRange {
  return rangeOf(source, { first: source.received.highest + 1, last: openEnd })
}
