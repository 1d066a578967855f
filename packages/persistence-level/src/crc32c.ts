/** The CRC-32C (Castagnoli, RFC 3720) that LevelDB uses, eight bits at a time. */
export class Crc32c {
  readonly #table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte
    for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
    return remainder
  })

  of(bytes: Uint8Array): number {
    const table = this.#table
    let crc = 0xffffffff
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0)
    return (crc ^ 0xffffffff) >>> 0
  }
}
