import { type BinaryString, bytesFromBinary } from './binary-string.ts'
import { InvalidKeyError, KeyTooLargeError, ValueTooLargeError } from './errors.ts'
import type { StoreLimits } from './limits.ts'

/** The bytes of a key that is to be written. */
export function checkedKey(key: BinaryString, limits: StoreLimits): Uint8Array {
  if (key.length === 0) throw new InvalidKeyError({ reason: 'it is empty' })
  return checkedField(key, limits)
}

/** The bytes of a field's name that is to be written. It may be empty, as a property's name may. */
export function checkedField(field: BinaryString, { keyBytesMax }: StoreLimits): Uint8Array {
  if (field.length > keyBytesMax) throw new KeyTooLargeError({ bytes: field.length, bytesMax: keyBytesMax })
  return bytesFromBinary(field)
}

/** Throws if a value must not be written. */
export function checkValue({ length }: Uint8Array, { valueBytesMax }: StoreLimits): void {
  if (length > valueBytesMax) throw new ValueTooLargeError({ bytes: length, bytesMax: valueBytesMax })
}
