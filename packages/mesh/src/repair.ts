import type { Flag, MessageId, OfferedMessage } from '@ts2p/protocol'

/** A message kept for a while, for a neighbour that missed it. */
export interface KeptMessage {
  readonly name: string
  readonly id: MessageId
  readonly flag: Flag
  readonly payload: Uint8Array
  /** When it came, monotonic milliseconds. */
  readonly receivedAt: number
}

/** Bounds of what is kept for repair. */
export interface RepairLimits {
  readonly bytesMax: number
  readonly messagesMax: number
  readonly ageMsMax: number
}

export const defaultRepairLimits: RepairLimits = { bytesMax: 4 * 1024 * 1024, messagesMax: 4096, ageMsMax: 60_000 }

/** The messages lately received or sent, the oldest first. */
export class RecentMessages {
  readonly #limits: RepairLimits
  readonly #messages = new Map<string, KeptMessage>()
  #bytes = 0

  constructor(limits: RepairLimits = defaultRepairLimits) {
    this.#limits = limits
  }

  add(message: KeptMessage): void {
    this.#messages.set(message.name, message)
    this.#bytes += message.payload.length
    this.#trim(message.receivedAt)
  }

  get(name: string): KeptMessage | undefined {
    return this.#messages.get(name)
  }

  /** What to offer a neighbour: all that is kept. */
  offer(now: number): OfferedMessage[] {
    this.#trim(now)
    return [...this.#messages.values()].map(({ id, receivedAt }) => ({ id, ageMs: Math.floor(now - receivedAt) }))
  }

  #trim(now: number): void {
    const { bytesMax, messagesMax, ageMsMax } = this.#limits
    for (const [name, { receivedAt, payload }] of this.#messages) {
      if (this.#bytes <= bytesMax && this.#messages.size <= messagesMax && now - receivedAt <= ageMsMax) return
      this.#messages.delete(name)
      this.#bytes -= payload.length
    }
  }
}

/**
 * The offered messages to ask for: those not seen that came to the neighbour while this node was in the network. What
 * is older was sent before this node joined, and is none of its business.
 */
export function wantedOf(
  offer: readonly OfferedMessage[],
  node: { isSeen: (id: MessageId) => boolean; memberForMs: number },
): MessageId[] {
  return offer.filter(({ id, ageMs }) => ageMs < node.memberForMs && !node.isSeen(id)).map(({ id }) => id)
}
