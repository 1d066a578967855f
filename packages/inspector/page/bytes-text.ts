const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Bytes as text; where they are none, in hexadecimal. */
export function textOf(bytes: Uint8Array): { readonly text: string; readonly isText: boolean } {
  try {
    return { text: decoder.decode(bytes), isText: true }
  } catch {
    const digits = Array.from(bytes.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return { text: `0x${digits}${bytes.length > 64 ? '…' : ''}`, isText: false }
  }
}

/** A text as bytes. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}
