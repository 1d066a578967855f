import type { Connection, Environment } from '@ts2p/base'
import { openEnd } from '@ts2p/protocol'
import type { SequenceRange, IWant } from '@ts2p/protocol'
import { copyOf } from './message-cache.ts'
import { costs, sendingWork } from '../messages/processing-costs.ts'
import type { CachedBroadcast, Source, Sources, ReceivedBroadcast } from './sources.ts'
import { gapsMax } from './sequence-set.ts'
import type { Range } from './sequence-set.ts'
import { LinkProgress } from '../link-progress.ts'
import { graft, removeMissed, expireMissed, addMissed, resumePeer } from './tree.ts'

/** Bytes after which an answer ends, so that it does not hold up the link. A neighbor that wants the rest asks again. */
const pieceBytes = 1024 * 1024

/**
 * How long a neighbor has to ask for what it missed, once its link has taken the announcement of it, and how often this is checked,
 * milliseconds. A neighbor asks within about 0.3 s, or asks each other neighbor that announced the same 0.4 s before.
 */
const [askMs, checkMs] = [5000, 1000] as const

/** Sends neighbors the cached broadcasts that they ask for, and knows which of them ask for nothing, or too late. */
export class IWantResponder {
  readonly #environment: Environment
  readonly #sources: Sources<Connection>
  readonly #send: (link: Connection, broadcast: ReceivedBroadcast) => void
  readonly #report: (kind: string, sentence: string) => void
  readonly #onSettled: () => void
  /** Links that are to ask: what they have to take before, and when they had, monotonic milliseconds. */
  readonly #expected = new Map<Connection, { readonly announced: LinkProgress; takenAt: number | undefined }>()
  #cancelTimer: (() => void) | undefined

  /** @param options.onSettled called when a link may no longer miss anything */
  constructor(options: {
    environment: Environment
    sources: Sources<Connection>
    send: (link: Connection, broadcast: ReceivedBroadcast) => void
    report: (kind: string, sentence: string) => void
    onSettled: () => void
  }) {
    this.#environment = options.environment
    this.#sources = options.sources
    this.#send = options.send
    this.#report = options.report
    this.#onSettled = options.onSettled
  }

  /** A neighbor wants messages. */
  onIWant(from: Connection, { ranges, ageMsMax, isEverything }: IWant): void {
    // When a congested neighbor takes data again, this node announces the messages anew, and the neighbor asks again.
    if (from.isCongested) return void this.#expected.delete(from)
    if (isEverything) this.#graftAll(from)
    const wanted = this.#wantedOf(ranges)
    for (const [source, asked] of wanted) {
      for (const { last } of asked) {
        // A link that was left out may name an end, since an urgent message came after it: the next messages go to it again, too.
        const isSkipped = source.parent !== from && source.missed.get(from)?.isSkipped === true
        if (last === openEnd || isSkipped) graft(source, from)
        // A neighbor asks for the lowest first: what it does not ask for below, it has.
        removeMissed(source, from, { first: 0, last })
      }
    }
    const since = this.#environment.monotonicNow() - ageMsMax
    let bytes = 0
    let work = 0
    for (const [source, asked] of wanted) {
      work += asked.length * costs.servedRange + source.cache.size * costs.keptBroadcast
      for (const broadcast of source.cache.values()) {
        if (broadcast.receivedAt < since || !isIn(asked, broadcast)) continue
        if (bytes >= pieceBytes) addMissed(source, from, broadcast)
        else {
          bytes += broadcast.payload.length
          work += sendingWork(broadcast)
          this.#send(from, copyOf(broadcast))
        }
      }
    }
    from.charge(work)
    if (bytes >= pieceBytes) this.expect(from)
    this.#onSettled()
  }

  /** A link was sent an announcement of what it missed, or a piece of it: if it does not ask for more, it has the rest from elsewhere. */
  expect(link: Connection): void {
    let isMissing = false
    for (const source of this.#sources) {
      const ranges = source.missed.get(link)?.ranges
      // Nothing is kept that it could ask for.
      if (ranges?.length === 0) resumePeer(source, link)
      else isMissing ||= ranges !== undefined
    }
    if (!isMissing) return
    this.#expected.set(link, { announced: new LinkProgress(link), takenAt: undefined })
    this.#cancelTimer ??= this.#environment.setTimer(checkMs, () => this.#check())
  }

  onUnlink(link: Connection): void {
    this.#expected.delete(link)
  }

  /** A broadcast is no longer kept: it is lost to the neighbors that have missed it. */
  onEvicted(source: Source<Connection>, { flag, channel, first, last }: CachedBroadcast): void {
    if (source.missed.size === 0) return
    for (const { id } of expireMissed(source, { first, last })) {
      // A layer makes up for the messages of its channel when the link takes data again.
      if (flag !== 'broadcast' || channel !== 0) continue
      this.#report(
        'slow-neighbor',
        `The neighbor ${id} takes messages more slowly than they come: ${last - first + 1} broadcasts can no longer be sent to it, and are lost unless it has another neighbor. Await writable() between broadcasts.`,
      )
    }
    this.#onSettled()
  }

  close(): void {
    this.#expected.clear()
    this.#cancelTimer?.()
  }

  #graftAll(from: Connection): void {
    let count = 0
    for (const source of this.#sources) {
      count += 1
      if (source.parent !== from) graft(source, from)
    }
    from.charge(count * costs.graft)
  }

  /** The ranges of each source that is known, no more than an honest node asks for: each cached broadcast is compared with them. */
  #wantedOf(ranges: readonly SequenceRange[]): ReadonlyMap<Source<Connection>, readonly Range[]> {
    const wanted = new Map<Source<Connection>, Range[]>()
    for (const { source: key, epoch, first, last } of ranges) {
      const source = this.#sources.find(key, epoch)
      if (!source) continue
      const asked = wanted.get(source)
      if (!asked) wanted.set(source, [{ first, last }])
      else if (asked.length < gapsMax + 2) asked.push({ first, last })
    }
    return wanted
  }

  #check(): void {
    this.#cancelTimer = undefined
    const now = this.#environment.monotonicNow()
    for (const [link, expected] of this.#expected) {
      if (!expected.announced.isUnderWayOn(link)) expected.takenAt ??= now
      if (now - (expected.takenAt ?? now) < askMs) continue
      this.#expected.delete(link)
      // To a congested link everything is announced again when it takes data.
      if (!link.isCongested) for (const source of this.#sources) if (source.missed.has(link)) resumePeer(source, link)
    }
    this.#onSettled()
    if (this.#expected.size > 0) this.#cancelTimer = this.#environment.setTimer(checkMs, () => this.#check())
  }
}

function isIn(ranges: readonly Range[], broadcast: Range): boolean {
  return ranges.some(({ first, last }) => broadcast.first <= last && broadcast.last >= first)
}
