import { endOf } from './claim.ts'
import { secondOf } from './hybrid-clock.ts'
import type { Ledger, LeaseRules } from './ledger.ts'
import { graceSeconds, isOwnedByAnother } from './owned-key.ts'
import type { Owner } from '../records/owners.ts'

/** Who holds a key, and until when. */
export interface Lease {
  /** Id of the holder. */
  readonly owner: string
  /** Since when it holds the key: milliseconds since 1970, UTC, in whole seconds. */
  readonly since: number
  /** The first moment at which the lease has run out: milliseconds since 1970, UTC. Compare it with your clock. */
  readonly expires: number
  /** Grows from each write of the key to the next: a service that remembers the greatest can refuse late holders. */
  readonly token: FencingToken
}

/** Compare by `stamp`, then by `owner`. */
export interface FencingToken {
  readonly stamp: number
  readonly owner: string
}

/** A claim of a key with this many tenures closes those before it. Keeps a key that often changes hands small. */
const tenuresClosed = 32

/** Whether an owner may write a key now. Asked by writers only: what another replica has written is merged. */
export function mayWrite(ledger: Ledger | undefined, owner: Owner, nowMs: number, rules: LeaseRules): boolean {
  if (ledger === undefined || ledger.holder.owner === owner || ledger.holder.released) return true
  return nowMs >= secondOf(endOf(ledger.holder, rules.leaseSeconds)) * 1000
}

/** From when on a node may delete an owned key of another, milliseconds since 1970, UTC. */
export function deletableAt({ holder }: Ledger, { leaseSeconds }: LeaseRules): number {
  return (secondOf(endOf(holder, leaseSeconds)) + graceSeconds) * 1000
}

/** The tenure of a write that may be made: the one that the owner has, or a new one. */
export function tenureOfWrite(
  ledger: Ledger | undefined,
  owner: Owner,
  stamp: number,
  rules: LeaseRules,
): { acquired: number; closing: number } {
  if (ledger === undefined || isOwnedByAnother(ledger.holder.key, owner.id)) return { acquired: stamp, closing: 0 }
  const { holder, granted, others } = ledger
  const holds = holder.owner === owner && stamp < endOf(holder, rules.leaseSeconds)
  if (holds) return { acquired: granted, closing: holder.closing }
  return { acquired: stamp, closing: others.length + 1 >= tenuresClosed ? stamp : 0 }
}

/** The lease that a ledger tells of; undefined when it was given up. */
export function leaseOf(ledger: Ledger, leaseSeconds: number): Lease | undefined {
  const { holder, granted } = ledger
  if (holder.released) return undefined
  return {
    owner: holder.owner.id,
    since: secondOf(granted) * 1000,
    expires: secondOf(endOf(holder, leaseSeconds)) * 1000,
    token: { stamp: holder.stamp, owner: holder.owner.id },
  }
}
