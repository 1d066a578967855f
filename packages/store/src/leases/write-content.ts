import type { ClaimContent } from './claim.ts'
import type { StatedLease } from '../rules/lease-length.ts'
import type { Ledger } from './ledger.ts'
import { emptyValue } from '../values/packed-value.ts'

/** What a write says of a key: all of a claim but its times. */
export type WriteContent = Omit<ClaimContent, 'acquired' | 'timestamp' | 'pruneWatermark'>

/** The content of a write of a whole value. */
export function setting(value: WriteContent['value'], { leaseSeconds, ephemeral }: StatedLease): WriteContent {
  return { value, field: undefined, released: false, leaseSeconds, ephemeral }
}

/** The content of a deletion: of an ephemeral key it is ephemeral, too. */
export function deletionOf(ledger: Ledger | undefined): WriteContent {
  const ephemeral = ledger?.holder.ephemeral === true
  return { value: emptyValue, field: undefined, released: true, leaseSeconds: 0, ephemeral }
}
