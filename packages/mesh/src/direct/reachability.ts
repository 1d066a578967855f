import type { RoundTrip } from './round-trip.ts'

/** How long a route question waits for its answer: the longer of a time in milliseconds and a number of smoothed round trips. */
const questionWait = { leastMs: 300, roundTrips: 4 } as const
/** Route questions without an answer after which a node is unreachable. */
const questionsMax = 2
/**
 * After the last question the source dials the target once more. This is how long it then waits, milliseconds, so that a link that was down
 * for half a second can come back. Links further away need longer.
 */
const lastWaitMs = { neighbor: 200, others: 1000 } as const
/** How long a source that has no links waits for one before it gives up a target, milliseconds. */
const isolatedMsMax = 2000
/** Silence after which the source probes a target that owes an answer and is no neighbor, milliseconds. After twice that it asks for the route. */
const probeMs = 1000
/** A time-out doubles each time in a row, up to this, milliseconds (RFC 6298, 5.5). Others are probed, which costs little. */
const timeoutMsMax = { neighbor: 10_000, others: 2 * probeMs } as const
/** Time-outs without any sign of the route before it is asked for. */
const timeoutsMin = 2
/** Silence after which the source gives up any target, milliseconds. */
const silenceMsMax = 60_000

/** What is known of the way to a target when a step is decided. */
export interface RouteState {
  /** Whether this node has links at all, by which it can ask. */
  readonly canAsk: boolean
  /** Whether a link leads there, and whether it is one with the target itself. */
  readonly hasLink: boolean
  readonly isNeighbor: boolean
  /** Whether that link still transmits what was sent last, or receives a long frame: then no sign can have come yet. */
  readonly isBusy: boolean
  /** Whether messages are under way, and whether the target owes answers. */
  readonly hasUnderWay: boolean
  readonly isAwaited: boolean
  readonly roundTrip: RoundTrip
}

/**
 * 'ask': ask all nodes for the route, and dial the target if its address is known. 'dial': dial it a last time. 'repeat': send the
 * oldest message again. 'probe': ask the target for a sign of life. 'give-up': the target cannot be reached.
 */
export type RouteStep = 'wait' | 'ask' | 'dial' | 'repeat' | 'probe' | 'give-up'

/** The route is being asked for. */
interface Question {
  readonly since: number
  /** Whether the target was linked before. */
  readonly isNeighbor: boolean
  /** How often, and when the next step is due. */
  asked: number
  until: number
}

/** Whether a target can be reached, as far as it shows: decides when to repeat, to ask for the route, and to give up. */
export class Reachability {
  /** When a sign of the target or of the route to it came last, or one was first expected, monotonic milliseconds. */
  #heardAt = 0
  #probedAt = Number.NEGATIVE_INFINITY
  /** Since when the time-out runs, how often in a row it has passed, and how often of that without a sign of the route. */
  #timerFrom = 0
  #timeouts = 0
  #unanswered = 0
  /** Whether the target was asked what has arrived, before anything is repeated. */
  #isProbed = false
  #question: Question | undefined

  /** Whether the route is being asked for: nothing can be sent meanwhile. */
  get isAsking(): boolean {
    return this.#question !== undefined
  }

  /** Something is expected of the target again. */
  expect(now: number): void {
    // A question that is left over belongs to a request that has timed out.
    this.onReply(now)
  }

  /** The first message of several under way was sent, or some were acknowledged: the time-out starts anew. */
  restart(now: number): void {
    this.#timerFrom = now
    this.#isProbed = false
  }

  /** The target is there: something of its own came, or a link with it. */
  onReply(now: number): void {
    this.#heardAt = now
    this.#timeouts = 0
    this.#unanswered = 0
    this.#question = undefined
  }

  /** A relay on the way to the target is slow: what was sent may still arrive. */
  delay(now: number): void {
    this.#heardAt = now
    this.#unanswered = 0
    this.#isProbed = false
  }

  /** The link or the route is lost. @param isNeighbor whether it was the link with the target itself */
  onRouteLost(now: number, isNeighbor: boolean): void {
    this.#question ??= { asked: 0, until: now, since: now, isNeighbor }
  }

  /** There is a link to ask by. */
  hurry(now: number): void {
    if (this.#question?.asked === 0) this.#question.until = now
  }

  /** When the next step is due, monotonic milliseconds; undefined: not before something happens. */
  dueAt({ hasUnderWay, isAwaited, isNeighbor, roundTrip }: RouteState): number | undefined {
    if (this.#question) return this.#question.until
    if (hasUnderWay) {
      const longest = timeoutMsMax[isNeighbor ? 'neighbor' : 'others']
      const { timeoutMs } = roundTrip
      return this.#timerFrom + Math.max(timeoutMs, Math.min(longest, timeoutMs * 2 ** this.#timeouts))
    }
    if (!isAwaited || isNeighbor) return undefined
    return this.#heardAt + (this.#probedAt > this.#heardAt ? 2 * probeMs : probeMs)
  }

  /** What to do now. */
  step(now: number, state: RouteState): RouteStep {
    if (!state.hasLink) this.onRouteLost(now, false)
    if (this.#question) return this.#goOnAsking(now, this.#question, state)
    if (now < (this.dueAt(state) ?? Number.POSITIVE_INFINITY)) return 'wait'
    this.#timerFrom = now
    if (state.isBusy) {
      this.#heardAt = now
      return 'wait'
    }
    if (!state.hasUnderWay) return this.#probe(now, state)
    const silentMs = now - this.#heardAt
    if (silentMs >= silenceMsMax) return 'give-up'
    if (!state.isNeighbor && silentMs >= 2 * probeMs && this.#unanswered >= timeoutsMin)
      return this.#requestRoute(now, state)
    this.#timeouts += 1
    this.#unanswered += 1
    if (state.isNeighbor || this.#isProbed) return 'repeat'
    this.#isProbed = true
    return 'probe'
  }

  #probe(now: number, state: RouteState): RouteStep {
    if (this.#probedAt > this.#heardAt) return this.#requestRoute(now, state)
    this.#probedAt = now
    return 'probe'
  }

  #requestRoute(now: number, state: RouteState): RouteStep {
    this.onRouteLost(now, false)
    return this.step(now, state)
  }

  #goOnAsking(now: number, question: Question, state: RouteState): RouteStep {
    if (now < question.until) return 'wait'
    const isIsolated = !state.canAsk && !question.isNeighbor && question.asked === 0
    if (isIsolated) {
      question.until = question.since + isolatedMsMax
      return now < question.until ? 'wait' : 'give-up'
    }
    question.asked += 1
    if (question.asked > questionsMax + 1) return 'give-up'
    const isLast = question.asked > questionsMax
    const answerMs = Math.max(questionWait.leastMs, questionWait.roundTrips * state.roundTrip.smoothedMs)
    question.until = now + (isLast ? lastWaitMs[question.isNeighbor ? 'neighbor' : 'others'] : answerMs)
    return isLast ? 'dial' : 'ask'
  }
}
