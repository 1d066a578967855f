import type { Message } from '@ts2p/mesh'
import { binaryOf, bufferOf } from './buffers.ts'
import type { Binary, BufferLike } from './buffers.ts'

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

  /** Answers the sender alone. The promise rejects if the answer did not arrive; ignoring it is safe. */
  reply(packets: readonly Binary[]): Promise<void> {
    const delivered = this.#message.reply(packets.map((packet) => binaryOf('packet', packet)))
    delivered.catch(() => undefined)
    return delivered
  }
}
