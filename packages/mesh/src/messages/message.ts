import { textFromBytes } from '@ts2p/protocol'
import type { DirectKind, NodeId, PacketLists } from '@ts2p/protocol'

/** What a message may carry. */
export type Packet = string | Uint8Array

/** Bytes that a queued message takes besides its packets. */
const overheadBytes = 256

/** What messages that came together have in common. */
export interface MessageSource {
  readonly sender: NodeId
  readonly time: number
  readonly epoch: number
  /** Of the first. */
  readonly sequence: number
  readonly messages: PacketLists
  readonly hops: number
  /** What each of them is; default messages. */
  readonly kinds?: readonly DirectKind[]
  /** Sends the answers. */
  readonly replier: Replier
}

/** Sends an answer to the sender of a message. */
export interface Replier {
  reply(message: Message, packets: readonly Packet[]): Promise<void>
}

/** A message of the application, as received. */
export class Message {
  readonly #source: MessageSource
  readonly #index: number
  #packets: readonly Uint8Array[] | undefined

  /** @param index which of those that came together */
  constructor(source: MessageSource, index: number) {
    this.#source = source
    this.#index = index
  }

  /**
   * The packets sent; the first is the type. Messages that came together share a buffer: read a packet by itself, or with its
   * `byteOffset`, and `slice` what is kept for long.
   */
  get packets(): readonly Uint8Array[] {
    return (this.#packets ??= this.#source.messages.at(this.#index))
  }

  /** Which of its sender's messages it is, within a run of that. */
  get sequence(): number {
    return this.#source.sequence + this.#index
  }

  /** Whose it is. */
  get sender(): NodeId {
    return this.#source.sender
  }

  /** The sender's clock when it was sent, milliseconds since 1970, UTC. */
  get time(): number {
    return this.#source.time
  }

  /** Whether its sender waits for an answer, by `request`. */
  get isRequest(): boolean {
    return this.#source.kinds?.[this.#index] === 'request'
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
    return textFromBytes(this.packets[0] ?? new Uint8Array(0))
  }

  /** Lets go of what else came in the same piece. */
  detach(): void {
    this.#source.messages.detach()
  }

  /** Memory that the message takes, about. */
  get bytes(): number {
    return overheadBytes + this.#source.messages.bytesAt(this.#index)
  }

  /**
   * Answers the sender alone, wherever it is in the network. Resolves when it has the answer.
   * @throws {PeerLostError} when the sender cannot be reached @throws {MessageTooLargeError} @throws {ArgumentError} @throws {ClosedError}
   */
  reply(packets: readonly Packet[]): Promise<void> {
    return this.#source.replier.reply(this, packets)
  }
}
