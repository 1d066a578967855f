import { refill, startRateLimit, chargeWork } from './rate-limit.ts'
import type { RateLimit, RateLimits } from './rate-limit.ts'

/** Most hosts remembered. */
const hostsMax = 1024
/** What a handshake costs, microseconds of processor time: two signatures, and what a link needs. Measured by `pnpm bench:hostile`. */
const handshakeWork = 2000
/** What is taken besides for a link that ended since its peer sent what no honest node sends: else it dials again at once, microseconds. */
const violationWork = 20_000

/**
 * What ended links have left of their rates, by hosts. The links that a host dials begin with that: else a liar that dials again had another
 * burst each time.
 */
export class HostRates {
  readonly #limits: RateLimits
  /** The one of which a link ended first first. */
  readonly #byHost = new Map<string, RateLimit>()

  constructor(limits: RateLimits) {
    this.#limits = limits
  }

  /** A link that a host has dialed has ended. @param now monotonic milliseconds */
  add(host: string, rate: RateLimit, now: number): void {
    this.#set(host, rate, now)
  }

  /** A link has ended since its peer sent what no honest node sends. @param now monotonic milliseconds */
  punish(host: string, now: number): void {
    const left = this.#byHost.get(host) ?? startRateLimit(this.#limits, now)
    this.#set(host, chargeWork(refill(left, this.#limits, now), violationWork), now)
  }

  /** A host dials. @returns what the new link begins with; undefined if nothing is left. @param now monotonic milliseconds */
  open(host: string, now: number): RateLimit | undefined {
    const left = refill(this.#byHost.get(host) ?? startRateLimit(this.#limits, now), this.#limits, now)
    if (left.work < 1) return undefined
    const rate = chargeWork(left, handshakeWork)
    this.#set(host, rate, now)
    return rate
  }

  #set(host: string, rate: RateLimit, now: number): void {
    const [one, other] = [rate, this.#byHost.get(host) ?? rate].map((each) => refill(each, this.#limits, now))
    if (!one || !other) return
    this.#byHost.delete(host)
    this.#byHost.set(host, {
      messages: Math.min(one.messages, other.messages),
      bytes: Math.min(one.bytes, other.bytes),
      work: Math.min(one.work, other.work),
      filledAt: now,
    })
    const [oldest] = this.#byHost.keys()
    if (this.#byHost.size > hostsMax && oldest !== undefined) this.#byHost.delete(oldest)
  }
}
