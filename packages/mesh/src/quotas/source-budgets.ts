import type { Limits, NodeId } from '@ts2p/protocol'
import { TokenBucket } from './token-bucket.ts'

/** Most sources that have a budget of their own. */
const sourcesMax = 8192
/** For how long a source is new, milliseconds: identities cost nothing, so that the new ones of a link share one budget. */
const newMs = 600_000
/**
 * What parts of a budget the new sources of a link share: most of it first, then a reserve of which each may use a small part, since one loud
 * source must not silence the others that a relay brings.
 */
const [sharedPart, reservePart, smallPart] = [4 / 5, 1 / 5, 1 / 64]
/** Most hosts of which is remembered what the sources of an ended link have used. */
const hostsMax = 1024

/**
 * How many times as much a message costs a new source: what it really costs (see `costs.signed`), since a liar can have as many sources as it likes.
 * The neighbor itself is none of these: the handshake has proven it, and there is one for each link.
 */
export const newTimes = 14

/** What the budgets need to know of a link. */
export interface BudgetLink {
  /** The neighbor. */
  readonly id: NodeId
  /** The host at the other end. */
  readonly remoteHost: string
}

interface BudgetedSource {
  readonly metAt: number
  /** What it has used of its part of the reserve, while it is new. */
  readonly small: TokenBucket
  /** Once it is not new. */
  own: TokenBucket | undefined
}

/**
 * The work that the signed messages of each source may cause here, microseconds of processor time. A neighbor that passes them on is not charged
 * for them.
 */
export class SourceBudgets<L extends BudgetLink> {
  readonly #limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>
  /** Those whose messages were verified, the one that sent nothing for longest first. */
  readonly #sources = new Map<NodeId, BudgetedSource>()
  readonly #inboundPeers = new Map<L, TokenBucket>()
  readonly #reserves = new Map<L, TokenBucket>()
  /** What ended links have left, by their hosts: a liar that dials again does not get another burst. */
  readonly #left = new Map<string, TokenBucket>()

  constructor(limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>) {
    this.#limits = limits
  }

  /** Whether a source may cause work. Anyone can ask in its name. @param link that has brought the message @param now monotonic milliseconds */
  hasRoom(source: NodeId, link: L, now: number): boolean {
    if (this.#budgetOf(source, link, now).tokens(now) > 0) return true
    const known = this.#sources.get(source)
    if (known?.own) return false
    return this.#reserveOf(link, now).tokens(now) > 0 && (known?.small.tokens(now) ?? 1) > 0
  }

  /** A source has caused work, microseconds: it has signed the message. */
  charge(source: NodeId, link: L, now: number, work: number): void {
    const small = (): TokenBucket => this.#createBudget(now, undefined, smallPart)
    const known = this.#sources.get(source) ?? { metAt: now, small: small(), own: undefined }
    this.#sources.delete(source)
    this.#sources.set(source, known)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > sourcesMax && oldest !== undefined) this.#sources.delete(oldest)
    const budget = this.#budgetOf(source, link, now)
    if (known.own) return budget.spend(work)
    known.small.spend(work * newTimes)
    const charged = budget.tokens(now) <= 0 ? this.#reserveOf(link, now) : budget
    charged.spend(work * newTimes)
  }

  onUnlink(link: L, now: number): void {
    const budget = this.#inboundPeers.get(link)
    this.#inboundPeers.delete(link)
    this.#reserves.delete(link)
    if (!budget) return
    const other = this.#left.get(link.remoteHost)
    this.#left.delete(link.remoteHost)
    this.#left.set(link.remoteHost, other && other.tokens(now) < budget.tokens(now) ? other : budget)
    const [oldest] = this.#left.keys()
    if (this.#left.size > hostsMax && oldest !== undefined) this.#left.delete(oldest)
  }

  #budgetOf(source: NodeId, link: L, now: number): TokenBucket {
    const known = this.#sources.get(source)
    if (known && (source === link.id || now - known.metAt >= newMs)) return (known.own ??= this.#createBudget(now))
    const shared =
      this.#inboundPeers.get(link) ?? this.#createBudget(now, this.#left.get(link.remoteHost)?.tokens(now), sharedPart)
    this.#inboundPeers.set(link, shared)
    return shared
  }

  #reserveOf(link: L, now: number): TokenBucket {
    const reserve = this.#reserves.get(link) ?? this.#createBudget(now, undefined, reservePart)
    this.#reserves.set(link, reserve)
    return reserve
  }

  #createBudget(now: number, tokens?: number, part = 1): TokenBucket {
    const { workPerSecond, burstSeconds } = this.#limits
    const perSecond = workPerSecond * part
    return new TokenBucket({ perSecond, tokensMax: perSecond * burstSeconds, now, tokens })
  }
}
