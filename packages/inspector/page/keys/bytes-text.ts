const encoder = new TextEncoder()

/** Bytes as text, or the beginning of it; where they are none, in hexadecimal. */
export function textOf(
  bytes: Uint8Array,
  bytesMax: number = Number.POSITIVE_INFINITY,
): { readonly text: string; readonly isText: boolean } {
  const isCut = bytes.length > bytesMax
  try {
    // With `stream` a character that is cut in two is left out.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytesMax), { stream: isCut })
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
