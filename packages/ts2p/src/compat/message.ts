import type { Message, Packet } from '@ts2p/mesh'
import { bufferOf } from './buffers.ts'
import type { BufferLike } from './buffers.ts'

/** A message as js2p has it: Buffers, and the time in seconds. */
export class message {
  readonly #message: Message

  constructor(received: Message) {
    this.#message = received
  }

  /** The first is the type. */
  get packets(): BufferLike[] {
    return this.#message.packets.map(bufferOf)
  }

  get type(): string {
    return this.#message.type
  }

  get sender(): string {
    return this.#message.sender
  }

  /** Seconds since 1970, UTC. */
  get time(): number {
    return Math.floor(this.#message.time / 1000)
  }

  get id(): string {
    return this.#message.id
  }

  /** Answers the sender alone. The promise tells whether it got the answer. */
  reply(packets: readonly Packet[]): Promise<void> {
    const told = this.#message.reply(packets)
    // Who does not await the promise does not want to know; it must not end the process.
    told.catch(() => undefined)
    return told
  }
}
