import { randomFillSync } from 'node:crypto'

/** Makes messages, in memory of their own, of bytes that have never been before: neither one nor many together compress. */
export class Payloads {
  readonly #noise = new Uint8Array(64 * 1024)
  #used = this.#noise.length

  /** A message with its number in the first 4 bytes. */
  next(number: number, bytes: number): Uint8Array {
    const payload = new Uint8Array(bytes)
    for (let at = 0; at < bytes;) {
      if (this.#used === this.#noise.length) {
        randomFillSync(this.#noise)
        this.#used = 0
      }
      const part = this.#noise.subarray(this.#used, this.#used + bytes - at)
      payload.set(part, at)
      at += part.length
      this.#used += part.length
    }
    new DataView(payload.buffer).setUint32(0, number)
    return payload
  }
}
