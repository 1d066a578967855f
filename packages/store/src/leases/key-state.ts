import { type LeaseClaim, endOf } from './lease-claim.ts'
import { timestampsPerSecond } from './hybrid-clock.ts'
import { graceSeconds, isOwnedByAnother } from './owned-key.ts'
import { type ClaimEvent, compareEvents, compareWatermarks, compareTerms, compareVersions } from './claim-order.ts'
import { emptyValue } from '../values/packed-value.ts'

/** What a store keeps of one key: the claims that matter, and what follows from them. Never changed, only replaced. */
export interface KeyState {
  /** Whether a reader sees a value: the key is not deleted. */
  readonly isPresent: boolean
  /** The claim whose value a reader sees. Undefined when the key is deleted, and when only fields of it are set. */
  readonly base: LeaseClaim | undefined
  /** The claim that has the key, or had it last. Without leases: the latest write. */
  readonly holder: LeaseClaim
  /** Timestamp at which the holder was given the key. */
  readonly granted: number
  /** The other claims; for most keys there are none. */
  readonly others: readonly LeaseClaim[]
}

/** What all replicas must agree on to see the same holder. */
export interface LeaseRules {
  /** The length of a lease of which the writer says nothing; 0: there are no leases. */
  readonly leaseSeconds: number
  /** The longest lease. */
  readonly leaseSecondsMax: number
  readonly leaseTermsPerKeyMax: number
}

/** What a reader sees. Undefined when the key is deleted. */
export function valueOf(keyState: KeyState): Uint8Array | undefined {
  return keyState.isPresent ? (keyState.base?.value ?? emptyValue) : undefined
}

/** All claims of a key state, the holder first. */
export function claimsOf(keyState: KeyState): readonly LeaseClaim[] {
  return keyState.others.length === 0 ? [keyState.holder] : [keyState.holder, ...keyState.others]
}

/** Adds a claim to the key state of its key. Undefined if that changes nothing: the claim is known or outdated. */
export function addClaim(
  before: KeyState | undefined,
  claim: LeaseClaim,
  rules: Pick<LeaseRules, 'leaseTermsPerKeyMax'>,
): KeyState | undefined {
  if (before === undefined) return claim
  if (before.others.length === 0 && compareTerms(before.holder, claim) === 0) {
    return compareVersions(claim, before.holder) > 0 ? claim : undefined
  }
  const known = claimsOf(before)
  if (known.some((other) => other.isSameAs(claim))) return undefined
  const claims = joinClaims([...known, claim], rules.leaseTermsPerKeyMax)
  if (!claims.includes(claim)) return undefined
  if (claims.length === 1) return claim
  const { holder, granted } = replayClaims(claims)
  const others = claims.filter((other) => other !== holder)
  return { isPresent: holder.isPresent, base: holder.base, holder, granted, others }
}

/**
 * The claims of one key that matter, out of all that are known, ascending by lease term:
 * 1. of each lease term its latest version;
 * 2. the claim that closes most sets a watermark;
 * 3. the latest lease terms that began at the watermark or after it, as many as may be kept, and the claim that set it;
 * 4. of the deletions of an owned key by other nodes the latest, unless a lease term of the owner began later, or closes what was before.
 *
 * A union of sets, cut down by orders that only grow: so it does not matter in which order, how often or in what
 * groups claims are joined.
 */
export function joinClaims(claims: readonly LeaseClaim[], leaseTermsMax: number): LeaseClaim[] {
  const { owned, deletions } = byWriter(claims)
  const retained = joinLeaseTerms(owned, leaseTermsMax)
  const [latest] = deletions.toSorted((x, y) => compareTerms(y, x))
  const isOver =
    latest !== undefined &&
    retained.some(({ acquired, pruneWatermark }) => acquired > latest.timestamp || pruneWatermark > latest.timestamp)
  return latest === undefined || isOver ? retained : [...retained, latest]
}

function joinLeaseTerms(claims: readonly LeaseClaim[], leaseTermsMax: number): LeaseClaim[] {
  if (claims.length === 0) return []
  const versions = claims.toSorted((x, y) => compareTerms(x, y) || compareVersions(x, y))
  const leaseTerms = versions.filter((claim, index) => {
    const next = versions[index + 1]
    return next === undefined || compareTerms(claim, next) !== 0
  })
  const watermark = leaseTerms.reduce((most, claim) => (compareWatermarks(claim, most) > 0 ? claim : most))
  const retained = leaseTerms.filter((claim) => claim.acquired >= watermark.pruneWatermark).slice(-leaseTermsMax)
  return watermark.pruneWatermark === 0 || retained.includes(watermark) ? retained : [watermark, ...retained]
}

/** Claims of those that may write the key, and deletions by others. All claims are of one key. */
function byWriter(claims: readonly LeaseClaim[]): { owned: readonly LeaseClaim[]; deletions: readonly LeaseClaim[] } {
  const deletions = claims.filter(({ key, owner }) => isOwnedByAnother(key, owner.id))
  return { owned: deletions.length === 0 ? claims : claims.filter((claim) => !deletions.includes(claim)), deletions }
}

/**
 * Who holds a key: as `replayLeaseTerms` says of those that may write it. A deletion of an owned key by another node counts from a minute after
 * the end of the lease on.
 */
export function replayClaims(claims: readonly LeaseClaim[]): { holder: LeaseClaim; granted: number } {
  const { owned, deletions } = byWriter(claims)
  const held = replayLeaseTerms(owned)
  const [deletion] = deletions
  const isGranted =
    deletion !== undefined &&
    (held === undefined || deletion.timestamp >= endOf(held.holder) + graceSeconds * timestampsPerSecond)
  const last = isGranted ? { holder: deletion, granted: deletion.timestamp } : held
  if (last === undefined) throw new RangeError('A key state has at least one claim.')
  return last
}

/**
 * Goes through the claims as one lease server would that hears of them in order. A claim that meets another's lease is refused; if its owner has written again later, not knowing, it is heard once more at that time.
 * Reads no clock: whether the holder's lease has run out is for writers to ask.
 */
function replayLeaseTerms(claims: readonly LeaseClaim[]): { holder: LeaseClaim; granted: number } | undefined {
  const events = claims.map((claim): ClaimEvent => ({ claim, at: claim.acquired, chance: 0 })).toSorted(compareEvents)
  let held: ClaimEvent | undefined
  // The loop also meets the second chances that it inserts: each comes after the event at hand, and there is one a claim.
  for (const event of events) {
    const { claim, at } = event
    const live = held !== undefined && at < endOf(held.claim)
    if (held === undefined || !live) held = event
    else if (claim.owner === held.claim.owner) {
      if (isLaterWrite(claim, held.claim)) held = event
    } else if (event.chance === 0 && claim.timestamp > at)
      insertEvent(events, { claim, at: claim.timestamp, chance: 1 })
  }
  return held && { holder: held.claim, granted: held.at }
}

function isLaterWrite(claim: LeaseClaim, held: LeaseClaim): boolean {
  return claim.timestamp > held.timestamp || (claim.timestamp === held.timestamp && claim.acquired > held.acquired)
}

function insertEvent(events: ClaimEvent[], event: ClaimEvent): void {
  const index = events.findIndex((other) => compareEvents(event, other) < 0)
  events.splice(index === -1 ? events.length : index, 0, event)
}
