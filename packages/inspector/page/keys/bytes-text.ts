const encoder = new TextEncoder()
// A byte order mark is part of the text.
const utf8 = { fatal: true, ignoreBOM: true } as const

/** Bytes as text, or the beginning of it; where they are none, in hexadecimal. */
export function textOf(
  bytes: Uint8Array,
  bytesMax: number = Number.POSITIVE_INFINITY,
): { readonly text: string; readonly isText: boolean } {
  const isCut = bytes.length > bytesMax
  try {
    // With `stream` a character that is cut in two is left out.
    const text = new TextDecoder('utf-8', utf8).decode(bytes.subarray(0, bytesMax), { stream: isCut })
    return { text: isCut ? `${text}…` : text, isText: true }
  } catch {
    const digits = Array.from(bytes.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return { text: `0x${digits}${bytes.length > 64 ? '…' : ''}`, isText: false }
  }
}

/** A text as bytes. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Whether two arrays have the same bytes. */
export function areSame(x: Uint8Array, y: Uint8Array): boolean {
  return x.length === y.length && x.every((byte, index) => byte === y[index])
}
