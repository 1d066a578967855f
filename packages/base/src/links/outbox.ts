import type { Frame } from '@ts2p/protocol'

/** Frames that wait for a link. Urgent ones, which are short, overtake the others. */
export class Outbox {
  #urgent: Frame[] = []
  #others: Frame[] = []
  /** Of #others, how many are taken. */
  #taken = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  add(frame: Frame, isUrgent: boolean): void {
    if (isUrgent) this.#urgent.push(frame)
    else this.#others.push(frame)
    this.#bytes += frame.length
  }

  /** Takes out what goes next: all urgent frames, and others until there are `bytesMax` or more. */
  dequeue(bytesMax: number): Uint8Array[] {
    const chunks = this.#urgent.flatMap((frame) => frame.chunks)
    let bytes = this.#urgent.reduce((sum, frame) => sum + frame.length, 0)
    this.#urgent = []
    let next = this.#others[this.#taken]
    while (next && bytes < bytesMax) {
      chunks.push(...next.chunks)
      bytes += next.length
      this.#taken += 1
      next = this.#others[this.#taken]
    }
    if (!next) this.#clearOthers()
    this.#bytes -= bytes
    return chunks
  }

  clear(): void {
    this.#urgent = []
    this.#clearOthers()
    this.#bytes = 0
  }

  #clearOthers(): void {
    this.#others = []
    this.#taken = 0
  }
}
