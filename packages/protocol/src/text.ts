// TextEncoder and TextDecoder are in Node and in browsers but in no lib that both share, hence these two lines.
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenientDecoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

/** The UTF-8 bytes of a text. */
export function bytesFromText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function textFromBytes(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes)
}

/**
 * The text of UTF-8 bytes.
 * @throws {TypeError} They are not UTF-8.
 */
export function textFromUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes)
}
