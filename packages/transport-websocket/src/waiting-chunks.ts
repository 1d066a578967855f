/** What may wait, bytes. */
const waitingBytesMax = 2 * 1024 * 1024
/** What a chunk costs beside its bytes; else a sender of single bytes could take a hundred times the limit. */
const chunkOverheadBytes = 128

/** Chunks that wait for a paused reader, in order. */
export class WaitingChunks {
  #chunks: Uint8Array[] = []
  #next = 0
  #bytes = 0

  get isEmpty(): boolean {
    return this.#next === this.#chunks.length
  }

  get isTooMuch(): boolean {
    return this.#bytes > waitingBytesMax
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length + chunkOverheadBytes
  }

  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#next]
    if (!chunk) return undefined
    this.#next += 1
    this.#bytes -= chunk.length + chunkOverheadBytes
    if (this.isEmpty) this.clear()
    return chunk
  }

  clear(): void {
    this.#chunks = []
    this.#next = 0
    this.#bytes = 0
  }
}
