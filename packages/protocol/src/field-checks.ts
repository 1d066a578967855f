import { ProtocolError } from './errors.ts'

// The only code that touches fields as protobufjs decodes them. Decoded bytes are views of what was received, on Node
// they are Buffers, and absent fields sit on the prototype; what leaves here is neither.

/** Runs a generated decoder, which throws several kinds of error, and makes of them the one that callers know. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    throw new ProtocolError(`${what}: not decodable: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    })
  }
}

/** A message that must be there. */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new ProtocolError(`${what}: missing`)
  return value
}

/** Bytes, copied, of an exact length. */
export function bytesOf(value: Uint8Array | null | undefined, what: string, length: number): Uint8Array {
  const bytes = copyOf(value)
  if (bytes.length !== length) throw new ProtocolError(`${what}: ${bytes.length} bytes, not ${length}`)
  return bytes
}

/** The same bytes as a plain Uint8Array: on Node protobufjs gives Buffers, whose `slice` does not copy. */
export function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Bytes, copied; absent means empty. */
export function copyOf(value: Uint8Array | null | undefined): Uint8Array {
  return value ? new Uint8Array(value) : new Uint8Array(0)
}

/** A list of at most `max` elements. */
export function listOf<T>(value: readonly T[] | null | undefined, what: string, max: number): readonly T[] {
  const list = value ?? []
  if (list.length > max) throw new ProtocolError(`${what}: ${list.length} elements, ${max} allowed`)
  return list
}

/** A whole number from 0 to 2^53 - 1, sent as a double. */
export function integerOf(value: number | null | undefined, what: string): number {
  const number = value ?? 0
  if (!Number.isSafeInteger(number) || number < 0 || Object.is(number, -0))
    throw new ProtocolError(`${what}: not a whole number`)
  return number
}

/** Milliseconds since 1970. */
export function timeOf(value: number | null | undefined, what: string): number {
  const number = value ?? 0
  if (!Number.isFinite(number) || number < 0) throw new ProtocolError(`${what}: not a time`)
  return number
}

/** A short text of visible ASCII: a transport's name, a host. */
export function tokenOf(value: string | null | undefined, what: string): string {
  const text = value ?? ''
  if (!isToken(text)) throw new ProtocolError(`${what}: not a name`)
  return text
}

export function isToken(text: string): boolean {
  return text.length <= 255 && /^[\x21-\x7e]*$/.test(text)
}
