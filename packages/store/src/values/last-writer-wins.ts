import type { BinaryString } from './binary-string.ts'
import type { LeaseClaim } from '../leases/lease-claim.ts'
import { claimsOf, type KeyState } from '../leases/key-state.ts'
import { supersedes } from '../leases/claim-order.ts'

/**
 * Adds a write to the key state of its key in a store without leases, where anyone may overwrite. Kept are the latest
 * write of the whole value (the base, which may be a deletion) and, of each field, the latest write after the base.
 * Undefined if the write is known or outdated.
 */
export function addWrite(before: KeyState | undefined, write: LeaseClaim): KeyState | undefined {
  const known = before === undefined ? [] : claimsOf(before)
  const base = known.find((other) => other.field === undefined)
  const previous = known.find((other) => other.field === write.field)
  if (previous !== undefined && !supersedes(write, previous)) return undefined
  if (base !== undefined && !supersedes(write, base)) return undefined
  const replacesFields = write.field === undefined
  const retained = known.filter((other) => other !== previous && (!replacesFields || supersedes(other, write)))
  return keyStateOf([...retained, write])
}

/** The fields that were set one by one; undefined when there are none. */
export function fieldsOf(keyState: KeyState): ReadonlyMap<BinaryString, Uint8Array> | undefined {
  const fields = new Map<BinaryString, Uint8Array>()
  for (const { field, value } of claimsOf(keyState)) if (field !== undefined) fields.set(field, value)
  return fields.size === 0 ? undefined : fields
}

function keyStateOf(writes: readonly LeaseClaim[]): KeyState {
  const base = writes.find((write) => write.field === undefined)
  const holder = writes.reduce((latest, write) => (supersedes(write, latest) ? write : latest))
  if (base !== undefined && writes.length === 1) return base
  return {
    // There are fields, so the key has a value even if none was set as a whole.
    isPresent: true,
    base: base?.base,
    holder,
    granted: holder.acquired,
    others: writes.filter((write) => write !== holder),
  }
}
