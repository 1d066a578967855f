import { textFromBytes } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'

/** What a message may carry. */
export type Packet = string | Uint8Array

/** Bytes that a queued message takes besides its packets. */
const overheadBytes = 256

/** What messages that came together have in common. */
export interface MessageSource {
  readonly sender: NodeId
  readonly time: number
  readonly epoch: number
  readonly hops: number
  /** Sends an answer to the sender of a message. */
  readonly answer: (message: Message, packets: readonly Packet[]) => Promise<void>
}

/** A message of the application, as received. */
export class Message {
  /** Which of its sender's messages it is, within a run of that. */
  readonly sequence: number
  readonly #source: MessageSource
  #packets: readonly Uint8Array[]
  #isCopied = false

  /** @param packets views of what was received, the type first */
  constructor(source: MessageSource, sequence: number, packets: readonly Uint8Array[]) {
    this.sequence = sequence
    this.#source = source
    this.#packets = packets
  }

  /** The packets sent; the first is the type. */
  get packets(): readonly Uint8Array[] {
    // Copied when first asked for: many messages share what they came in, and it may have to be passed on as it is.
    if (!this.#isCopied) this.#packets = this.#packets.map((packet) => packet.slice())
    this.#isCopied = true
    return this.#packets
  }

  /** Whose it is. */
  get sender(): NodeId {
    return this.#source.sender
  }

  /** The sender's clock when it was sent, milliseconds since 1970, UTC. */
  get time(): number {
    return this.#source.time
  }

  /** Links that it has crossed; of one that came to this node alone, 0. */
  get hops(): number {
    return this.#source.hops
  }

  /** Unique over all nodes. */
  get id(): string {
    return `${this.sender}.${this.epoch}.${this.sequence}`
  }

  /** The run of its sender in which it was sent: a random number. */
  get epoch(): number {
    return this.#source.epoch
  }

  /** The first packet as text: 'broadcast', 'whisper', or what the sender gave. */
  get type(): string {
    return textFromBytes(this.#packets[0] ?? new Uint8Array(0))
  }

  /** Memory that the message takes, about. */
  get bytes(): number {
    let bytes = overheadBytes
    for (const packet of this.#packets) bytes += packet.length
    return bytes
  }

  /**
   * Answers the sender alone, wherever it is in the network. Resolves when it has the answer.
   * @throws {UndeliverableError} It did not acknowledge it in time. @throws {MessageTooLargeError} @throws {ArgumentError}
   */
  reply(packets: readonly Packet[]): Promise<void> {
    return this.#source.answer(this, packets)
  }
}
