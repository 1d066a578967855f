import type { Origin } from './origins.ts'
import type { Range } from './sequence-set.ts'

/** What a node knows to exist and has not got. */
interface Lack<L> {
  first: number
  last: number
  /** Who has it, in the order in which they told, without those that were asked. */
  readonly announcers: L[]
  /** Until when it may still come by itself, monotonic milliseconds. */
  dueAt: number
}

/** A neighbour is to be asked for messages. */
export interface Request<L> {
  readonly origin: Origin<L>
  readonly range: Range
  readonly link: L
}

/** How long a message may take by the tree after a neighbour has told of it, and an answer after it was asked for, milliseconds. */
export const waits = { treeMs: 150, answerMs: 400 } as const
/** Most origins of which something is missing. */
const lacksMax = 4096

/** The messages that neighbours have told of and that did not come: after a while one neighbour after the other is asked. */
export class MissingMessages<L> {
  readonly #lacks = new Map<Origin<L>, Lack<L>>()

  get isEmpty(): boolean {
    return this.#lacks.size === 0
  }

  /** A neighbour has messages of which some did not come here. */
  note(origin: Origin<L>, { first, last }: Range, announcer: L, dueAt: number): void {
    const lack = this.#lacks.get(origin)
    if (!lack) {
      if (this.#lacks.size < lacksMax) this.#lacks.set(origin, { first, last, announcers: [announcer], dueAt })
      return
    }
    lack.first = Math.min(lack.first, first)
    lack.last = Math.max(lack.last, last)
    if (!lack.announcers.includes(announcer)) lack.announcers.push(announcer)
  }

  /** The origin's parent is lost: whoever told first is asked at once. */
  hurry(origin: Origin<L>): void {
    const lack = this.#lacks.get(origin)
    if (lack) lack.dueAt = 0
  }

  /** Whom to ask now, and for what. What nobody is left to ask for is given up: the next who tells of it is asked. */
  due(now: number, isLinked: (link: L) => boolean): Request<L>[] {
    const requests: Request<L>[] = []
    for (const [origin, lack] of this.#lacks) {
      if (lack.dueAt > now) continue
      const missing = origin.received.missingIn(lack)
      const link = missing.length === 0 ? undefined : nextOf(lack.announcers, isLinked)
      const [first] = missing
      const last = missing.at(-1)
      if (!link || !first || !last) {
        this.#lacks.delete(origin)
        continue
      }
      lack.dueAt = now + waits.answerMs
      requests.push({ origin, range: { first: first.first, last: last.last }, link })
    }
    return requests
  }
}

function nextOf<L>(announcers: L[], isLinked: (link: L) => boolean): L | undefined {
  for (;;) {
    const next = announcers.shift()
    if (next === undefined || isLinked(next)) return next
  }
}
