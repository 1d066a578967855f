import type { Limits, NodeId } from '@ts2p/protocol'
import { TokenBucket } from './token-bucket.ts'

/** Most sources that have a budget of their own. */
const sourcesMax = 8192
/** For how long a source is new, milliseconds: identities cost nothing, so that the new ones of a link share one budget. */
const newMs = 600_000
/** Most hosts of which is remembered what the sources of an ended link have used. */
const hostsMax = 1024

/** What the budgets need to know of a link. */
export interface BudgetLink {
  /** The host at the other end. */
  readonly remoteHost: string
}

/**
 * The work that the signed messages of each source may cause here, microseconds of processor time. A neighbor that passes them on is not charged
 * for them.
 */
export class SourceBudgets<L extends BudgetLink> {
  readonly #limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>
  /** Those whose messages were verified, the one that sent nothing for longest first. */
  readonly #sources = new Map<NodeId, { readonly metAt: number; own: TokenBucket | undefined }>()
  readonly #newcomers = new Map<L, TokenBucket>()
  /** What ended links have left, by their hosts: a liar that dials again does not get another burst. */
  readonly #left = new Map<string, TokenBucket>()

  constructor(limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>) {
    this.#limits = limits
  }

  /** Whether a source may cause work. Anyone can ask in its name. @param link that has brought the message @param now monotonic milliseconds */
  hasRoom(source: NodeId, link: L, now: number): boolean {
    return this.#budgetOf(source, link, now).tokens(now) > 0
  }

  /** A source has caused work, microseconds: it has signed the message. */
  charge(source: NodeId, link: L, now: number, work: number): void {
    const known = this.#sources.get(source) ?? { metAt: now, own: undefined }
    this.#sources.delete(source)
    this.#sources.set(source, known)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > sourcesMax && oldest !== undefined) this.#sources.delete(oldest)
    this.#budgetOf(source, link, now).take(work)
  }

  onUnlink(link: L, now: number): void {
    const budget = this.#newcomers.get(link)
    this.#newcomers.delete(link)
    if (!budget) return
    const other = this.#left.get(link.remoteHost)
    this.#left.delete(link.remoteHost)
    this.#left.set(link.remoteHost, other && other.tokens(now) < budget.tokens(now) ? other : budget)
    const [oldest] = this.#left.keys()
    if (this.#left.size > hostsMax && oldest !== undefined) this.#left.delete(oldest)
  }

  #budgetOf(source: NodeId, link: L, now: number): TokenBucket {
    const known = this.#sources.get(source)
    if (known && now - known.metAt >= newMs) return (known.own ??= this.#createBudget(now))
    const shared = this.#newcomers.get(link) ?? this.#createBudget(now, this.#left.get(link.remoteHost)?.tokens(now))
    this.#newcomers.set(link, shared)
    return shared
  }

  #createBudget(now: number, tokens?: number): TokenBucket {
    const { workPerSecond: perSecond, burstSeconds } = this.#limits
    return new TokenBucket({ perSecond, tokensMax: perSecond * burstSeconds, now, tokens })
  }
}
