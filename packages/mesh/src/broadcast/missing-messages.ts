import type { Source } from './sources.ts'
import { LinkQuota } from '../quotas/link-quota.ts'
import type { Range } from './sequence-set.ts'

/** What a node knows to exist and has not got. */
interface Lack<L> {
  first: number
  last: number
  /** Who has it, in the order in which they told, without those that were asked. */
  readonly announcers: L[]
  /** Until when it may still come, by itself or from whoever was asked, monotonic milliseconds. */
  dueAt: number
  /** Who was asked last, and whether something came since. */
  asked: { readonly link: L; hasAnswered: boolean } | undefined
  /** How many were missing when it was last looked. */
  count: number
  /** Up to which sequence it may be of the time before this node joined: what nobody sends of that is not missed. */
  forgoneTo: number
}

/** A neighbor is to be asked for messages. */
export interface RangeRequest<L> {
  readonly source: Source<L>
  /** Ascending. */
  readonly ranges: readonly Range[]
  /** Whether they are all that is missing of it. */
  readonly isAll: boolean
  readonly link: L
}

/**
 * How long a message may take by the tree after a neighbor has told of it or the one before it came, and an answer after it was asked
 * for, milliseconds.
 */
export const waits = { treeMs: 150, answerMs: 400 } as const
/** Most sources of which something is missing and nothing has come: neighbors can invent those, and must not take the places of others. */
const lacksMax = 4096
/** How many messages of a source that was over its budget a link is asked for at once, and in a minute: if they are dropped again, it sent them in vain. */
const [retriedMax, retriesPerMinute] = [64, 3000]

/** The messages that neighbors have announced and that did not come. After a while this node asks one neighbor after the other. */
export class MissingMessages<L> {
  readonly #lacks = new Map<Source<L>, Lack<L>>()
  readonly #retries = new LinkQuota<L>(retriesPerMinute)

  get isEmpty(): boolean {
    return this.#lacks.size === 0
  }

  /** A neighbor has messages of which some did not come here. */
  add(source: Source<L>, { first, last }: Range, changeEmitter: L, when: { dueAt: number; isBefore?: boolean }): void {
    const { dueAt, isBefore } = when
    const lack = this.#lacks.get(source)
    const forgoneTo = isBefore ? last : 0
    if (!lack) {
      if (this.#lacks.size < lacksMax || source.received.highest > 0)
        this.#lacks.set(source, {
          first,
          last,
          announcers: [changeEmitter],
          dueAt,
          asked: undefined,
          count: 0,
          forgoneTo,
        })
      return
    }
    lack.forgoneTo = Math.max(lack.forgoneTo, forgoneTo)
    lack.first = Math.min(lack.first, first)
    lack.last = Math.max(lack.last, last)
    if (!lack.announcers.includes(changeEmitter)) lack.announcers.push(changeEmitter)
  }

  /** The source's parent is lost: whoever told first is asked at once. */
  hurry(source: Source<L>): void {
    const lack = this.#lacks.get(source)
    if (lack) lack.dueAt = 0
  }

  /**
   * Whom to ask now, and for what. What nobody is left to ask for is forgotten here, and the next neighbor that tells of it is asked: the
   * loss detector gives gaps up.
   * @param sources whose messages to ask for; default: all
   */
  due(
    now: number,
    isLinked: (link: L) => boolean,
    sources: Iterable<Source<L>> = this.#lacks.keys(),
  ): RangeRequest<L>[] {
    const requests: RangeRequest<L>[] = []
    for (const source of sources) {
      const lack = this.#lacks.get(source)
      if (!lack) continue
      if ((!lack.asked && lack.dueAt > now) || source.retryAt > now) continue
      const missing = source.received.missingIn(lack)
      const [first] = missing
      if (!first) {
        this.#lacks.delete(source)
        source.retryAt = 0
        continue
      }
      notePieces(lack, missing, now)
      if (isUnderWay(source, first, lack, now)) lack.dueAt = source.received.grewAt + waits.treeMs
      if (lack.dueAt > now) continue
      const link = linkFor(lack, isLinked)
      if (!link) {
        this.#lacks.delete(source)
        source.received.forgo({ first: first.first, last: lack.forgoneTo }, now)
        continue
      }
      const ranges = source.retryAt > 0 ? this.#retried(missing, link, now) : missing
      if (ranges) {
        lack.asked = { link, hasAnswered: false }
        lack.dueAt = now + waits.answerMs
        requests.push({ source, ranges, isAll: ranges === missing, link })
      } else lack.announcers.unshift(link)
    }
    return requests
  }

  onUnlink(link: L): void {
    this.#retries.delete(link)
  }

  /** What to ask a link for of what was dropped before; undefined: nothing, for now. */
  #retried(missing: readonly Range[], link: L, now: number): readonly Range[] | undefined {
    if (!this.#retries.hasRoom(link, now)) return undefined
    const ranges: Range[] = []
    let room = retriedMax
    for (const { first, last } of missing) {
      if (room === 0) break
      const end = Math.min(last, first + room - 1)
      ranges.push({ first, last: end })
      room -= end - first + 1
    }
    this.#retries.spend(link, now, retriedMax - room)
    return room > 0 ? missing : ranges
  }
}

/** An answer comes in pieces: as long as they come, nobody else is asked. */
function notePieces<L>(lack: Lack<L>, missing: readonly Range[], now: number): void {
  const count = missing.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  if (lack.asked && count < lack.count) {
    lack.asked.hasAnswered = true
    lack.dueAt = now + waits.treeMs
  }
  lack.count = count
}

/** Whether what is missing comes behind what the parent is still sending: then others would only send it twice. */
function isUnderWay<L>({ parent, received }: Source<L>, first: Range, { asked, dueAt }: Lack<L>, now: number): boolean {
  const isUrgent = parent === undefined || asked !== undefined || dueAt === 0
  return !isUrgent && first.first > received.highest && now - received.grewAt < waits.treeMs
}

/** Whoever has answered is asked for more. */
function linkFor<L>({ asked, announcers }: Lack<L>, isLinked: (link: L) => boolean): L | undefined {
  return asked?.hasAnswered && isLinked(asked.link) ? asked.link : nextOf(announcers, isLinked)
}

function nextOf<L>(announcers: L[], isLinked: (link: L) => boolean): L | undefined {
  for (;;) {
    const next = announcers.shift()
    if (next === undefined || isLinked(next)) return next
  }
}
