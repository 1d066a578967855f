import type { Limits, NodeId } from '@ts2p/protocol'
import { TokenBucket } from './token-bucket.ts'

/** Most sources that have a budget of their own. */
const sourcesMax = 8192
/** For how long a source is new, milliseconds: identities cost nothing, so that the new ones of a link share one budget. */
const newMs = 600_000

/**
 * The work that the signed messages of each source may cause here, microseconds of processor time. A neighbor that passes them on is not charged
 * for them.
 */
export class SourceBudgets<L> {
  readonly #limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>
  /** Those that sent nothing for longest first. */
  readonly #sources = new Map<NodeId, { readonly metAt: number; own: TokenBucket | undefined }>()
  readonly #newcomers = new Map<L, TokenBucket>()

  constructor(limits: Pick<Limits, 'workPerSecond' | 'burstSeconds'>) {
    this.#limits = limits
  }

  /** Whether a source may cause work. @param link that has brought the message @param now monotonic milliseconds */
  hasRoom(source: NodeId, link: L, now: number): boolean {
    return this.#budgetOf(source, link, now).tokens(now) > 0
  }

  /** A source has caused work, microseconds. */
  charge(source: NodeId, link: L, now: number, work: number): void {
    this.#budgetOf(source, link, now).take(work)
  }

  onUnlink(link: L): void {
    this.#newcomers.delete(link)
  }

  #budgetOf(source: NodeId, link: L, now: number): TokenBucket {
    const known = this.#sources.get(source) ?? { metAt: now, own: undefined }
    this.#sources.delete(source)
    this.#sources.set(source, known)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > sourcesMax && oldest !== undefined) this.#sources.delete(oldest)
    if (now - known.metAt >= newMs) return (known.own ??= this.#createBudget(now))
    const shared = this.#newcomers.get(link) ?? this.#createBudget(now)
    this.#newcomers.set(link, shared)
    return shared
  }

  #createBudget(now: number): TokenBucket {
    const { workPerSecond: perSecond, burstSeconds } = this.#limits
    return new TokenBucket({ perSecond, tokensMax: perSecond * burstSeconds, now })
  }
}
