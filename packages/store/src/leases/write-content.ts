import type { ClaimContent } from './lease-claim.ts'
import type { StatedLease } from '../rules/lease-length.ts'
import type { KeyState } from './key-state.ts'
import { emptyValue } from '../values/packed-value.ts'

/** What a write says of a key: all of a claim but its times. */
export type WriteContent = Omit<ClaimContent, 'acquired' | 'timestamp' | 'pruneWatermark'>

/** The content of a write of a whole value. */
export function setting(value: WriteContent['value'], { leaseSeconds, ephemeral }: StatedLease): WriteContent {
  return { value, field: undefined, released: false, leaseSeconds, ephemeral }
}

/** The content of a deletion: of an ephemeral key it is ephemeral, too. */
export function deletionOf(keyState: KeyState | undefined): WriteContent {
  const ephemeral = keyState?.holder.ephemeral === true
  return { value: emptyValue, field: undefined, released: true, leaseSeconds: 0, ephemeral }
}
