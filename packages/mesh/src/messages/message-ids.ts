import type { MessageId } from '@ts2p/protocol'

/** Numbers the messages of this node that are not to all: a run of their own, so that those to all have no gaps. */
export class MessageIds {
  readonly #source: Uint8Array
  readonly #epoch: number
  #sequence = 0

  /** @param source this node's public key; random bytes: 4 or more, others each time */
  constructor(source: Uint8Array, random: Uint8Array) {
    this.#source = source
    this.#epoch = new DataView(random.buffer, random.byteOffset).getUint32(0)
  }

  next(): MessageId {
    this.#sequence += 1
    return { source: this.#source, epoch: this.#epoch, sequence: this.#sequence }
  }
}
