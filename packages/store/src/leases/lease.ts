import { endOf } from './lease-claim.ts'
import { secondOf } from './hybrid-clock.ts'
import type { KeyState } from './key-state.ts'
import { graceSeconds, isOwnedByAnother } from './owned-key.ts'
import type { Owner } from '../records/owners.ts'

/** Who holds a key, and until when. */
export interface Lease {
  /** Id of the holder. */
  readonly owner: string
  /** Since when it holds the key: milliseconds since 1970, UTC, in whole seconds. */
  readonly acquiredAt: number
  /** The first moment at which the lease has run out: milliseconds since 1970, UTC. Compare it with your clock. */
  readonly expiresAt: number
  /** Grows from each write of the key to the next: a service that remembers the greatest can refuse late holders. */
  readonly token: FencingToken
  /** Its length from each write on. */
  readonly leaseSeconds: number
  /** Whether the value ends with it. */
  readonly ephemeral: boolean
}

/** Compare by `timestamp`, then by `owner`. */
export interface FencingToken {
  readonly timestamp: number
  readonly owner: string
}

/** A claim of a key with this many lease terms closes those before it. Keeps a key that often changes hands small. */
const leaseTermsClosed = 32

/** Whether an owner may write a key now. Asked by writers only: what another replica has written is merged. */
export function mayWrite(keyState: KeyState | undefined, owner: Owner, nowMs: number): boolean {
  if (keyState === undefined || keyState.holder.owner === owner || keyState.holder.leaseSeconds === 0) return true
  return nowMs >= secondOf(endOf(keyState.holder)) * 1000
}

/** From when on a node may delete an owned key of another, milliseconds since 1970, UTC. */
export function deletableAt({ holder }: KeyState): number {
  return (secondOf(endOf(holder)) + graceSeconds) * 1000
}

/** Whether an owner has the lease of a key at a timestamp. */
export function holds({ holder }: KeyState, owner: Owner, timestamp: number): boolean {
  return holder.owner === owner && timestamp < endOf(holder)
}

/** The lease term of a write that may be made: the one that the owner has, or a new one. */
export function termOfWrite(
  keyState: KeyState | undefined,
  owner: Owner,
  timestamp: number,
): { acquired: number; pruneWatermark: number } {
  if (keyState === undefined || isOwnedByAnother(keyState.holder.key, owner.id))
    return { acquired: timestamp, pruneWatermark: 0 }
  const { holder, granted, others } = keyState
  if (holds(keyState, owner, timestamp)) return { acquired: granted, pruneWatermark: holder.pruneWatermark }
  if (others.length + 1 < leaseTermsClosed) return { acquired: timestamp, pruneWatermark: 0 }
  // A renewal of another's lease that has ended may be under way.
  const mayBeRenewed = holder.owner !== owner && holder.leaseSeconds > 0
  return { acquired: timestamp, pruneWatermark: mayBeRenewed ? holder.acquired : timestamp }
}

/** The lease that a key state tells of; undefined when nobody has one. */
export function leaseOf({ holder, granted }: KeyState): Lease | undefined {
  const { leaseSeconds, ephemeral } = holder
  if (leaseSeconds === 0) return undefined
  return {
    owner: holder.owner.id,
    acquiredAt: secondOf(granted) * 1000,
    expiresAt: secondOf(endOf(holder)) * 1000,
    token: { timestamp: holder.timestamp, owner: holder.owner.id },
    leaseSeconds,
    ephemeral,
  }
}
