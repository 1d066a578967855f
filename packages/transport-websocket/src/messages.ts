/** Longest message written, bytes; what is longer goes in several. */
const messageBytesMax = 1024 * 1024

/** The chunks in as few messages as may be. */
export function messagesOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const joined = new Uint8Array(bytes)
  let end = 0
  for (const chunk of chunks) {
    joined.set(chunk, end)
    end += chunk.length
  }
  const messages: Uint8Array<ArrayBuffer>[] = []
  for (let start = 0; start < bytes; start += messageBytesMax) {
    messages.push(joined.subarray(start, start + messageBytesMax))
  }
  return messages
}
