import type { Flag, Frame } from '@ts2p/protocol'

/** Short messages that keep links, trees and routes alive: they overtake what waits to be sent, since their order with it means nothing. */
const urgentFlags: ReadonlySet<Flag> = new Set<Flag>([
  ...(['handshake', 'ping', 'pong'] as const),
  ...(['notify', 'resend', 'prune', 'peers', 'acknowledge', 'request', 'response'] as const),
])

/** Frames that wait for a link, those of control before those with a payload. */
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

  add(flag: Flag, frame: Frame): void {
    if (urgentFlags.has(flag)) this.#urgent.push(frame)
    else this.#others.push(frame)
    this.#bytes += frame.length
  }

  /** Takes out what goes next: all of control, and others until there are `bytesMax` or more. */
  take(bytesMax: number): Uint8Array[] {
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
