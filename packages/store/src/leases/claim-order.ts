import type { LeaseClaim } from './lease-claim.ts'
import { secondOf } from './hybrid-clock.ts'

/**
 * The whole of conflict resolution: every choice between records is one of these comparisons. Each is a total order
 * on what it compares and looks at nothing but the records, so all replicas choose alike.
 */

/** By lease term: (acquired, owner). Zero for two versions of one lease term. */
export function compareTerms(x: LeaseClaim, y: LeaseClaim): number {
  return x.acquired - y.acquired || compareStrings(x.owner.binary, y.owner.binary)
}

/** Versions of one lease term: (prune watermark, timestamp, released, id). The greatest is the lease term's latest. */
export function compareVersions(x: LeaseClaim, y: LeaseClaim): number {
  return compareHeaders(x, y) || compareIds(x, y)
}

/** As compareVersions, before the ids are known. */
function compareHeaders(x: Header, y: Header): number {
  return x.pruneWatermark - y.pruneWatermark || x.timestamp - y.timestamp || Number(x.released) - Number(y.released)
}

/** By what a claim closes: (prune watermark, acquired, owner). The greatest sets the floor of its key. */
export function compareWatermarks(x: LeaseClaim, y: LeaseClaim): number {
  return x.pruneWatermark - y.pruneWatermark || compareTerms(x, y)
}

/**
 * The order in which a lease server would hear of claims: by second, and within one second by a string compare of the
 * owners' ids. This is the rule for ties.
 */
export function compareEvents(x: ClaimEvent, y: ClaimEvent): number {
  return (
    secondOf(x.at) - secondOf(y.at) ||
    compareStrings(x.claim.owner.id, y.claim.owner.id) ||
    x.at - y.at ||
    x.chance - y.chance
  )
}

/** Without leases: the later write, then the smaller owner's id, then the greater record id. */
export function supersedes(x: LeaseClaim, y: LeaseClaim): boolean {
  const order = x.timestamp - y.timestamp || compareStrings(y.owner.id, x.owner.id) || compareIds(x, y)
  return order > 0
}

/** What compareHeaders looks at. */
interface Header {
  readonly pruneWatermark: number
  readonly timestamp: number
  readonly released: boolean
}

/** A moment at which a claim asks for its key. */
export interface ClaimEvent {
  readonly claim: LeaseClaim
  /** The claim's `acquired` at the first chance, its `timestamp` at the second. */
  readonly at: number
  readonly chance: 0 | 1
}

/** Most claims that come this far are one and the same: no id is made for them. */
function compareIds(x: LeaseClaim, y: LeaseClaim): number {
  return x.isSameAs(y) ? 0 : compareStrings(x.recordId, y.recordId)
}

function compareStrings(x: string, y: string): number {
  if (x === y) return 0
  return x < y ? -1 : 1
}
