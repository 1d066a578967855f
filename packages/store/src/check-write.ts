import { type BinaryString, assertBinary } from './values/binary-string.ts'
import { InvalidKeyError, KeyTooLargeError, ValueTooLargeError } from './errors.ts'
import type { StoreLimits } from './limits.ts'

/** Throws if a key must not be written. */
export function checkKey(key: BinaryString, limits: StoreLimits): void {
  if (key.length === 0) throw new InvalidKeyError({ reason: 'it is empty' })
  checkField(key, limits)
}

/** Throws if a field must not be written. Its name may be empty, as a property's name may. */
export function checkField(field: BinaryString, { keyBytesMax }: StoreLimits): void {
  if (field.length > keyBytesMax) throw new KeyTooLargeError({ bytes: field.length, bytesMax: keyBytesMax })
  assertBinary(field)
}

/** Throws if a value must not be written. */
export function checkValue(value: BinaryString | Uint8Array, { valueBytesMax }: StoreLimits): void {
  if (value.length > valueBytesMax) throw new ValueTooLargeError({ bytes: value.length, bytesMax: valueBytesMax })
  if (typeof value === 'string') assertBinary(value)
}
