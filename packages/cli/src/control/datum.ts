import { Buffer } from 'node:buffer'

/** A key or value as JSON can carry it: its text, or, of bytes that are no UTF-8, their base64. */
export type Datum = string | { readonly base64: string }

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What bytes are to a reader. */
export function datumOf(bytes: Uint8Array): Datum {
  try {
    return decoder.decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

/** The bytes of a datum. */
export function bytesOf(datum: Datum): Uint8Array {
  return typeof datum === 'string' ? new TextEncoder().encode(datum) : Buffer.from(datum.base64, 'base64')
}

/**
 * A datum on one line of a terminal. What another node wrote must not move the cursor, recolor or clear the screen: control
 * characters are shown as they would be escaped, and bytes as base64.
 */
export function printable(datum: Datum): string {
  if (typeof datum !== 'string') return `base64:${datum.base64}`
  // oxlint-disable-next-line no-control-regex -- these are what must not get through
  return datum.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, (character) => {
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character]
    return named ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}
