import { textFromBytes } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'

/** What a message may carry. */
export type Packet = string | Uint8Array

/** Bytes that a queued message takes besides its packets. */
const overheadBytes = 256

/** A message of the application, as received. */
export class Message {
  /** The packets sent; the first is the type. */
  readonly packets: readonly Uint8Array[]
  /** Whose it is. */
  readonly sender: NodeId
  /** The sender's clock when it was sent, milliseconds since 1970, UTC. */
  readonly time: number
  /** Unique over all nodes. */
  readonly id: string
  readonly #reply: (packets: readonly Packet[]) => Promise<void>

  constructor(
    fields: { packets: readonly Uint8Array[]; sender: NodeId; time: number; id: string },
    reply: (packets: readonly Packet[]) => Promise<void>,
  ) {
    this.packets = fields.packets
    this.sender = fields.sender
    this.time = fields.time
    this.id = fields.id
    this.#reply = reply
  }

  /** The first packet as text: 'broadcast', 'whisper', or what the sender gave. */
  get type(): string {
    return textFromBytes(this.packets[0] ?? new Uint8Array(0))
  }

  /** Memory that the message takes, about. */
  get bytes(): number {
    return this.packets.reduce((bytes, packet) => bytes + packet.length, overheadBytes)
  }

  /**
   * Answers the sender alone, wherever it is in the network. Resolves when it has the answer.
   * @throws {UndeliverableError} It did not acknowledge it in time. @throws {MessageTooLargeError} @throws {ArgumentError}
   */
  reply(packets: readonly Packet[]): Promise<void> {
    return this.#reply(packets)
  }
}
