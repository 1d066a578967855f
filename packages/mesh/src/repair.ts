import type { Flag, MessageId, OfferedMessage } from '@ts2p/protocol'

/** A message kept for a while, for a neighbour that missed it. */
export interface KeptMessage {
  readonly name: string
  readonly id: MessageId
  readonly flag: Flag
  readonly payload: Uint8Array
  /** When it was sent, as far as is known here, monotonic milliseconds. */
  readonly sentAt: number
}

/** Bounds of what is kept for repair. */
export interface RepairLimits {
  readonly bytesMax: number
  readonly messagesMax: number
  readonly ageMsMax: number
}

export const defaultRepairLimits: Omit<RepairLimits, 'ageMsMax'> = { bytesMax: 4 * 1024 * 1024, messagesMax: 4096 }

/** The messages lately received or sent, the oldest first. */
export class RecentMessages {
  readonly #limits: RepairLimits
  readonly #messages = new Map<string, KeptMessage>()
  #bytes = 0

  constructor(limits: RepairLimits) {
    this.#limits = limits
  }

  /** Keeps a message. @returns whether one younger than `ageMsMax` had to go for it */
  add(message: KeptMessage, now: number): boolean {
    if (this.#messages.has(message.name)) return false
    this.#messages.set(message.name, message)
    this.#bytes += message.payload.length
    return this.#trim(now)
  }

  get(name: string): KeptMessage | undefined {
    return this.#messages.get(name)
  }

  /** What to offer a neighbour: all that is kept and not too old. */
  offer(now: number): OfferedMessage[] {
    this.#trim(now)
    const offer = [...this.#messages.values()].map(({ id, sentAt }) => ({ id, ageMs: Math.floor(now - sentAt) }))
    return offer.filter(({ ageMs }) => ageMs <= this.#limits.ageMsMax)
  }

  /** @returns whether a message had to go that was not too old */
  #trim(now: number): boolean {
    const { bytesMax, messagesMax, ageMsMax } = this.#limits
    let isRoomLacking = false
    for (const [name, { sentAt, payload }] of this.#messages) {
      const isOld = now - sentAt > ageMsMax
      if (!isOld && this.#bytes <= bytesMax && this.#messages.size <= messagesMax) break
      isRoomLacking ||= !isOld
      this.#messages.delete(name)
      this.#bytes -= payload.length
    }
    return isRoomLacking
  }
}

/**
 * The offered messages to ask for: those not known that were sent while this node was in the network. What is older was
 * sent before this node joined, and is none of its business; what is older than `ageMsMax` may have been seen and forgotten.
 */
export function wantedOf(
  offer: readonly OfferedMessage[],
  node: { isKnown: (id: MessageId) => boolean; memberForMs: number; ageMsMax: number },
): OfferedMessage[] {
  return offer.filter(({ id, ageMs }) => ageMs < node.memberForMs && ageMs <= node.ageMsMax && !node.isKnown(id))
}
