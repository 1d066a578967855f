import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { endOf } from '../leases/lease-claim.ts'
import { LeaseHeldError, OwnedKeyError } from '../errors.ts'
import { secondOf } from '../leases/hybrid-clock.ts'
import { deletableAt, mayWrite } from '../leases/lease.ts'
import type { KeyState, LeaseRules } from '../leases/key-state.ts'
import { isOwnedByAnother, keyOwner } from '../leases/owned-key.ts'
import type { Owner } from '../records/owners.ts'

/** A write that an owner asks for. */
interface AskedWrite {
  readonly key: BinaryString
  /** What is known of the key. */
  readonly keyState: KeyState | undefined
  readonly isDeletion: boolean
  readonly nowMs: number
}

/**
 * Why an owner may not write a key now; undefined when it may. By the wall clock, not by the latest timestamp: another node's fast clock ends no
 * lease.
 */
export function writeRefusal(
  { key, keyState, isDeletion, nowMs }: AskedWrite,
  self: Owner,
  rules: Pick<LeaseRules, 'leaseSeconds'>,
): LeaseHeldError | OwnedKeyError | undefined {
  const isLeased = rules.leaseSeconds > 0
  if (isOwnedByAnother(key, self.id)) {
    const from = isLeased && keyState?.isPresent === true ? deletableAt(keyState) : undefined
    if (isDeletion && from !== undefined && nowMs >= from) return undefined
    return new OwnedKeyError({ key: bytesFromBinary(key), owner: keyOwner(key) ?? '', deletableAt: from })
  }
  if (!isLeased || keyState === undefined || mayWrite(keyState, self, nowMs)) return undefined
  const expiresAt = secondOf(endOf(keyState.holder)) * 1000
  return new LeaseHeldError({ key: bytesFromBinary(key), owner: keyState.holder.owner.id, expiresAt })
}
