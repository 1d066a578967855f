import { ProtocolError } from '../errors.ts'

/**
 * The packets of messages that travel together, one behind the other in one buffer: a message costs next to nothing until its
 * packets are read.
 */
export class PacketLists implements Iterable<readonly Uint8Array[]> {
  /** Of each packet. */
  readonly lengths: readonly number[]
  /** How many packets each message has. */
  readonly counts: readonly number[]
  /** Of each message its first packet, and where in `bytes` that begins; and last, where the last message ends. */
  readonly #firstPackets: number[] = [0]
  readonly #starts: number[] = [0]
  #bytes: Uint8Array
  #isDetached = false

  /** @throws {ProtocolError} They do not fit together. */
  constructor(bytes: Uint8Array, lengths: readonly number[], counts: readonly number[]) {
    this.#bytes = bytes
    this.lengths = lengths
    this.counts = counts
    let [packet, end] = [0, 0]
    for (const count of counts) {
      // Before the loop: a count is what a stranger says, and four billion packets that are not there take seconds to look for.
      if (count > lengths.length - packet) throw new ProtocolError('broadcast.counts: not those of the packets')
      for (const packetEnd = packet + count; packet < packetEnd; packet += 1) end += lengths[packet] ?? 0
      this.#firstPackets.push(packet)
      this.#starts.push(end)
    }
    if (packet !== lengths.length) throw new ProtocolError('broadcast.counts: not those of the packets')
    if (end !== bytes.length) throw new ProtocolError('broadcast.lengths: not those of the packets')
  }

  static of(messages: readonly (readonly Uint8Array[])[]): PacketLists {
    const writer = new PacketWriter()
    for (const packets of messages) writer.add(packets)
    return writer.finish()
  }

  /** All packets of all messages. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Messages, 1 or more. */
  get size(): number {
    return this.counts.length
  }

  /** Takes a copy of the bytes, instead of a view of what they came with. */
  detach(): void {
    if (this.#isDetached) return
    this.#isDetached = true
    this.#bytes = this.#bytes.slice()
  }

  /** The packets of a message. They are views of a copy, which is made when the first is read: what is done to them changes nothing that others have. */
  at(message: number): Uint8Array[] {
    this.detach()
    const { buffer, byteOffset } = this.#bytes
    const first = this.#firstPackets[message] ?? 0
    let start = byteOffset + (this.#starts[message] ?? 0)
    const count = this.counts[message] ?? 0
    const packets: Uint8Array[] = []
    for (let packet = 0; packet < count; packet += 1) {
      const length = this.lengths[first + packet] ?? 0
      packets.push(new Uint8Array(buffer, start, length))
      start += length
    }
    return packets
  }

  /** Whether the first packet of each message begins with these bytes. */
  everyTypeStartsWith(prefix: Uint8Array): boolean {
    return this.counts.every((count, message) => {
      const start = this.#starts[message] ?? 0
      const length = count === 0 ? 0 : (this.lengths[this.#firstPackets[message] ?? 0] ?? 0)
      return length >= prefix.length && prefix.every((byte, index) => this.#bytes[start + index] === byte)
    })
  }

  /** Bytes of a message's packets. */
  bytesAt(message: number): number {
    return (this.#starts[message + 1] ?? 0) - (this.#starts[message] ?? 0)
  }

  *[Symbol.iterator](): Iterator<readonly Uint8Array[]> {
    for (let message = 0; message < this.size; message += 1) yield this.at(message)
  }
}

/** Puts the packets of messages one behind the other. */
export class PacketWriter {
  #bytes = new Uint8Array(0)
  #end = 0
  #lengths: number[] = []
  #counts: number[] = []

  /** Messages added since `take`. */
  get size(): number {
    return this.#counts.length
  }

  /** Packets added since `take`. */
  get packets(): number {
    return this.#lengths.length
  }

  /** Bytes added since `take`. */
  get bytes(): number {
    return this.#end
  }

  /** Adds the packets of one message. They are copied. */
  add(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      const end = this.#end + packet.length
      if (end > this.#bytes.length) this.#grow(end)
      this.#bytes.set(packet, this.#end)
      this.#lengths.push(packet.length)
      this.#end = end
    }
    this.#counts.push(packets.length)
  }

  /** All that was added: its bytes are valid until more is. */
  finish(): PacketLists {
    const taken = new PacketLists(this.#bytes.subarray(0, this.#end), this.#lengths, this.#counts)
    this.#end = 0
    this.#lengths = []
    this.#counts = []
    return taken
  }

  #grow(bytesMin: number): void {
    const grown = new Uint8Array(Math.max(bytesMin, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = grown
  }
}
