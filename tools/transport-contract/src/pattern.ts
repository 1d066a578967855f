/** Bytes that tell where in the stream they belong: no stretch of a few bytes comes again soon. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) bytes[at] = at ^ (at >>> 8) ^ ((at >>> 16) * 7)
  return bytes
}

/** Where the chunks, one after the other, first differ from what is expected; 'nowhere' if they are the same. */
export function firstDifference(chunks: readonly Uint8Array[], expected: Uint8Array): number | 'nowhere' {
  let at = 0
  for (const chunk of chunks) {
    for (const byte of chunk) {
      if (byte !== expected[at]) return at
      at += 1
    }
  }
  return at === expected.length ? 'nowhere' : at
}
