import { Buffer } from 'node:buffer'
import type { Datum } from '../control/datum.ts'
import { printable } from '../control/datum.ts'
import { UsageError } from '../failure.ts'

/** How a value may be given: `text` and `binary` as it is, `json` checked, `base64` decoded. */
export const valueEncodings = ['text', 'json', 'binary', 'base64'] as const

/** One of them. */
export type ValueEncoding = (typeof valueEncodings)[number]

/** A value as it was given, in the encoding that was given with it. @throws {UsageError} It is not of that encoding. */
export function encodedAs(encoding: ValueEncoding, value: Datum): Datum {
  switch (encoding) {
    case 'binary':
      return value
    case 'text':
      if (typeof value === 'string') return value
      throw new UsageError('The value is not text. Give --encoding binary to write its bytes as they are.')
    case 'json':
      if (typeof value === 'string' && isJson(value)) return value
      throw new UsageError('The value is not JSON. A text in JSON has quotation marks, as in \'"blue"\'.')
    case 'base64': {
      const base64 = typeof value === 'string' ? value.trim() : ''
      if (typeof value === 'string' && Buffer.from(base64, 'base64').toString('base64') === base64) return { base64 }
      throw new UsageError('The value is not base64.')
    }
  }
}

/**
 * Checks that a value whose encoding was not given is of the encoding of what it replaces: else the applications that read the key could
 * not read it any more.
 * @throws {UsageError} It is not. The sentence says which option to give.
 */
export function assertSameEncoding(key: Datum, before: Datum, value: Datum): void {
  const kinds = [kindOf(before), kindOf(value)] as const
  if (kinds[0] === kinds[1] || (kinds[0] === 'json' && typeof value === 'string' && isJson(value))) return
  // A text may become anything that is text.
  if (kinds[0] === 'text' && kinds[1] === 'json') return
  throw new UsageError(
    `${printable(key)} holds ${names[kinds[0]]}, and the new value is ${names[kinds[1]]}. ` +
      `Give --encoding ${kinds[0] === 'bytes' ? 'base64' : kinds[0]} with a value of the same kind, ` +
      `or replace it with --encoding ${kinds[1] === 'bytes' ? 'binary' : kinds[1]}.`,
  )
}

const names = { text: 'text', json: 'JSON', bytes: 'bytes that are not text' } as const

/** Numbers, `true` and `null` are as likely to be text, and count as that. */
function kindOf(value: Datum): keyof typeof names {
  if (typeof value !== 'string') return 'bytes'
  return /^\s*["[{]/.test(value) && isJson(value) ? 'json' : 'text'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
