import type { Connection, Environment } from '@ts2p/base'
import { encodeStretches, encodeWanted, openEnd, OutgoingEnvelope, stretchesMax } from '@ts2p/protocol'
import type { Flag, NodeId, Stretch, Wanted } from '@ts2p/protocol'
import { keptRange } from './kept-floods.ts'
import { costs } from '../messages/costs.ts'
import { shuffled } from '../membership/membership.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { MissingMessages, waits } from './missing-messages.ts'
import type { Origin, Origins } from './origins.ts'
import type { Range } from './sequence-set.ts'
import { hasten, noteBackup, noteHas, substitutes } from './tree.ts'

/** How long after something came neighbours are told, milliseconds: at random within these, so that not all nodes that a message reached tell at once. */
const tellMs = { least: 75, most: 125 } as const

/** How long the request may be under way, and how far the two sides may be apart in when the link began, milliseconds. */
const underWayMs = 500

/**
 * Word of messages, to the links by which they do not travel: what came, what is missing, and what need not be sent. One
 * timer, which runs only while there is something to tell or something missing.
 */
export class Announcements {
  readonly #origins: Origins<Connection>
  readonly #environment: Environment
  readonly #links: () => ReadonlyMap<NodeId, Connection>
  readonly #counters: MeshCounters
  readonly #memberForMs: () => number
  readonly #missing = new MissingMessages<Connection>()
  readonly #prunes = new Map<Connection, Set<Origin<Connection>>>()
  readonly #changed = new Set<Origin<Connection>>()
  /** The link whose first word may be of what was sent before this node came. */
  #introducer: Connection | undefined
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: {
    origins: Origins<Connection>
    environment: Environment
    links: () => ReadonlyMap<NodeId, Connection>
    counters: MeshCounters
    memberForMs: () => number
  }) {
    this.#origins = options.origins
    this.#environment = options.environment
    this.#links = options.links
    this.#counters = options.counters
    this.#memberForMs = options.memberForMs
  }

  /** Messages came just now, by this link (undefined: they are this node's own). */
  came(origin: Origin<Connection>, { first, last }: Range, from: Connection | undefined): void {
    const latest = origin.news.at(-1)
    if (latest && latest.from === from && latest.last + 1 === first) {
      origin.news[origin.news.length - 1] = { first: latest.first, last, from, at: latest.at }
    } else origin.news.push({ first, last, from, at: this.#environment.monotonicNow() })
    this.#changed.add(origin)
    this.#arm()
  }

  /** Messages are missing that this link has: later ones came by it, or they were dropped. */
  lacks(origin: Origin<Connection>, range: Range, from: Connection): void {
    this.#missing.note(origin, range, from, { dueAt: this.#environment.monotonicNow() + waits.treeMs })
    this.#arm()
  }

  /** A link has sent what came by another: it need not, once this turn is over. */
  prune(origin: Origin<Connection>, link: Connection): void {
    if (this.#prunes.size === 0) this.#environment.defer(() => this.#sendPrunes())
    const origins = this.#prunes.get(link)
    if (origins) origins.add(origin)
    else this.#prunes.set(link, new Set([origin]))
  }

  /** A link is there. `isFirst`: this node joins by it; `isOnly`: everything must come by it. */
  onLink(link: Connection, { isFirst, isOnly }: { isFirst: boolean; isOnly: boolean }): void {
    if (isFirst) this.#introducer = link
    if (isOnly) this.#ask(link, { stretches: [], ageMsMax: 0, isEverything: true })
  }

  /** Tells a neighbour all that is kept, even if it is nothing: the first word on a link is of what was before it. */
  tellAll(link: Connection): void {
    const stretches = [...this.#origins].flatMap((origin) => {
      const range = keptRange(origin)
      return range ? [stretchOf(origin, range)] : []
    })
    this.#tell(link, stretches.length > 0 ? noticesOf(stretches) : [controlOf('notify', encodeStretches([]))])
  }

  /** A neighbour tells what it has. */
  onTold(from: Connection, stretches: readonly Stretch[]): void {
    const now = this.#environment.monotonicNow()
    const isBefore = this.#introducer === from
    if (isBefore) this.#introducer = undefined
    const named = new Set<Origin<Connection>>()
    let work = 0
    for (const { origin: key, epoch, first, last, hops, ageMs } of stretches) {
      const { origin, isNew } = this.#origins.hear(key, epoch, from)
      if (isNew) work += costs.newOrigin
      // A range without an age may have gaps: it is all that the neighbor keeps.
      if (ageMs > 0) noteHas(origin, from, { first, last })
      if (origin === this.#origins.own || first === 0) continue
      if (origin.received.hasAll({ first, last })) {
        noteBackup(origin, from, hops)
        if (hasten(origin, from, { first, ageMs }, now)) this.#askFor(from, [restOf(origin)])
      } else {
        this.#missing.note(origin, { first, last }, from, { dueAt: origin.parent ? now + waits.treeMs : now, isBefore })
        named.add(origin)
        work += costs.missing
      }
    }
    from.charge(work)
    if (this.#missing.isEmpty) return
    // The timer looks at the others: what an announcement costs must not grow with all that is missing.
    this.#request(named)
    this.#arm()
  }

  /** The link by which the messages of these origins came is gone. */
  onOrphans(orphans: readonly Origin<Connection>[], lost: Connection): void {
    this.#prunes.delete(lost)
    this.#missing.onUnlink(lost)
    const wanted = new Map<Connection, Stretch[]>()
    const links = shuffled([...this.#links().values()], () => this.#environment.random())
    for (const origin of orphans) {
      this.#missing.hurry(origin)
      for (const link of substitutes(origin, links)) {
        const stretches = wanted.get(link)
        if (stretches) stretches.push(restOf(origin))
        else wanted.set(link, [restOf(origin)])
      }
    }
    for (const [link, stretches] of wanted) this.#askFor(link, stretches)
    if (!this.#missing.isEmpty) this.#request()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #arm(): void {
    if (this.#cancelTimer || this.#isClosed) return
    const delayMs = tellMs.least + this.#environment.random() * (tellMs.most - tellMs.least)
    this.#cancelTimer = this.#environment.setTimer(delayMs, () => {
      this.#cancelTimer = undefined
      this.#tellNews()
      this.#request()
      if (!this.#missing.isEmpty) this.#arm()
    })
  }

  /** Tells each neighbour what came, but not by it, and was not sent to it. */
  #tellNews(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    // Most neighbours are told the same: that is made into bytes once.
    let everything: readonly OutgoingEnvelope[] | undefined
    const now = this.#environment.monotonicNow()
    const stretches = (news: Origin<Connection>['news'], origin: Origin<Connection>): Stretch[] =>
      news.map((range) => stretchOf(origin, range, Math.max(1, Math.round(now - range.at))))
    for (const link of this.#links().values()) {
      if (changed.every((origin) => newsFor(origin, link) === origin.news)) {
        everything ??= noticesOf(changed.flatMap((origin) => stretches(origin.news, origin)))
        this.#tell(link, everything)
      } else {
        this.#tell(link, noticesOf(changed.flatMap((origin) => stretches(newsFor(origin, link), origin))))
      }
    }
    for (const origin of changed) origin.news = []
  }

  /** @param origins whose messages to ask for; default: all */
  #request(origins?: Iterable<Origin<Connection>>): void {
    const isLinked = (link: Connection): boolean => this.#links().get(link.id) === link
    const byLink = new Map<Connection, Stretch[]>()
    for (const { origin, ranges, isAll, link } of this.#missing.due(
      this.#environment.monotonicNow(),
      isLinked,
      origins,
    )) {
      const { highest } = origin.received
      const wanted = ranges.map(({ first, last }) =>
        stretchOf(origin, { first, last: isAll && last > highest ? openEnd : last }),
      )
      const others = byLink.get(link)
      if (others) others.push(...wanted)
      else byLink.set(link, wanted)
    }
    for (const [link, stretches] of byLink) this.#askFor(link, stretches)
  }

  #tell(link: Connection, notices: readonly OutgoingEnvelope[]): void {
    this.#counters.controlSent += notices.length
    for (const notice of notices) link.send(notice)
  }

  /** For what came while this node was in the network: the rest is none of its business. */
  #askFor(link: Connection, stretches: readonly Stretch[]): void {
    const ageMsMax = Math.min(2 ** 32 - 1, Math.ceil(this.#memberForMs() + underWayMs))
    for (let start = 0; start < stretches.length; start += stretchesMax) {
      this.#ask(link, { stretches: stretches.slice(start, start + stretchesMax), ageMsMax, isEverything: false })
    }
  }

  #ask(link: Connection, wanted: Wanted): void {
    this.#counters.graftsSent += 1
    this.#send(link, 'resend', encodeWanted(wanted))
  }

  #sendPrunes(): void {
    const prunes = [...this.#prunes]
    this.#prunes.clear()
    for (const [link, origins] of prunes) {
      this.#counters.prunesSent += origins.size
      const stretches = [...origins].map((origin) => stretchOf(origin, { first: 0, last: 0 }))
      this.#send(link, 'prune', encodeStretches(stretches))
    }
  }

  #send(link: Connection, flag: Flag, payload: Uint8Array): void {
    this.#counters.controlSent += 1
    link.send(controlOf(flag, payload))
  }
}

/**
 * The ranges of an origin to announce to a neighbor: those that did not come from it, and none if it is sent the messages. The parent and the
 * origin itself also get announcements, because a node that left out a link needs to know what the neighbor got from others. Returns the
 * origin's own list if that is all of it, so that one announcement serves many neighbors.
 */
function newsFor(origin: Origin<Connection>, link: Connection): Origin<Connection>['news'] {
  if (origin.eager.includes(link)) return []
  return origin.news.some(({ from }) => from === link) ? origin.news.filter(({ from }) => from !== link) : origin.news
}

/** Messages about messages overtake those: their order with them means nothing. */
function controlOf(flag: Flag, payload: Uint8Array): OutgoingEnvelope {
  return new OutgoingEnvelope(flag, payload, { isUrgent: true })
}

function noticesOf(stretches: readonly Stretch[]): OutgoingEnvelope[] {
  const pieces = Math.ceil(stretches.length / stretchesMax)
  return Array.from({ length: pieces }, (_, piece) => {
    const start = piece * stretchesMax
    return controlOf('notify', encodeStretches(stretches.slice(start, start + stretchesMax)))
  })
}

function stretchOf({ key, epoch, hops }: Origin<Connection>, { first, last }: Range, ageMs = 0): Stretch {
  return { origin: key, epoch, first, last, hops, ageMs }
}

/** All that is still to come of an origin. */
function restOf(origin: Origin<Connection>): Stretch {
  return stretchOf(origin, { first: origin.received.highest + 1, last: openEnd })
}
