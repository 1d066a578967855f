import { encodeFlood } from '@ts2p/protocol'
import type { Flag, MessageId } from '@ts2p/protocol'
import { MessageTooLargeError } from './errors.ts'

/** Bytes of a frame that are not a flood's: header, flag, lengths, hops. */
const envelopeBytes = 64
/** Most bytes that a flood's id, time and lengths take besides its packets, and that each packet takes besides its own. */
const floodBytes = 80
const packetBytes = 8
/** Messages of one turn travel together, up to so many packets and bytes. */
const togetherMax = { packets: 4096, bytes: 65_536 } as const

/** A flood of this node's, encoded. */
export interface OwnFlood {
  readonly flag: Flag
  readonly first: number
  readonly last: number
  readonly payload: Uint8Array
}

/** This node's messages to all, on their way out: numbers them, and puts those of one turn into one flood. */
export class OwnMessages {
  readonly #origin: Uint8Array
  readonly #epoch: number
  readonly #bytesMax: number
  readonly #now: () => number
  readonly #spread: (flood: OwnFlood) => void
  #sequence = 0
  #waiting: (readonly Uint8Array[])[] = []
  #packets = 0
  #bytes = 0

  constructor(options: {
    origin: Uint8Array
    epoch: number
    frameBytesMax: number
    /** The wall clock. */
    now: () => number
    spread: (flood: OwnFlood) => void
  }) {
    this.#origin = options.origin
    this.#epoch = options.epoch
    this.#bytesMax = options.frameBytesMax - envelopeBytes
    this.#now = options.now
    this.#spread = options.spread
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Takes a message of the application; `flush` sends it. @throws {MessageTooLargeError} */
  add(packets: readonly Uint8Array[]): void {
    const bytes = packets.reduce((sum, packet) => sum + packet.length + packetBytes, 0)
    if (bytes + floodBytes > this.#bytesMax) this.fitting(encodeFlood(this.#floodOf([packets])))
    const togetherBytesMax = Math.min(togetherMax.bytes, this.#bytesMax - floodBytes)
    const isFull = this.#packets + packets.length > togetherMax.packets || this.#bytes + bytes > togetherBytesMax
    if (isFull) this.flush()
    this.#waiting.push(packets)
    this.#packets += packets.length
    this.#bytes += bytes
  }

  /** Sends a message that is none of the application's. @throws {MessageTooLargeError} */
  send(flag: Flag, payload: Uint8Array): void {
    this.flush()
    const encoded = this.fitting(encodeFlood({ ...this.#floodOf([[]]), payload }))
    this.#sequence += 1
    this.#spread({ flag, first: this.#sequence, last: this.#sequence, payload: encoded })
  }

  flush(): void {
    if (this.isEmpty) return
    const payload = encodeFlood(this.#floodOf(this.#waiting))
    const first = this.#sequence + 1
    this.#sequence += this.#waiting.length
    this.#waiting = []
    this.#packets = 0
    this.#bytes = 0
    this.#spread({ flag: 'broadcast', first, last: this.#sequence, payload })
  }

  /** The payload, if it fits into a frame. @throws {MessageTooLargeError} */
  fitting(payload: Uint8Array): Uint8Array {
    if (payload.length > this.#bytesMax)
      throw new MessageTooLargeError({ bytes: payload.length, bytesMax: this.#bytesMax })
    return payload
  }

  #floodOf(messages: readonly (readonly Uint8Array[])[]): {
    id: MessageId
    time: number
    messages: readonly (readonly Uint8Array[])[]
    payload: Uint8Array
  } {
    const id = { origin: this.#origin, epoch: this.#epoch, sequence: this.#sequence + 1 }
    return { id, time: this.#now(), messages, payload: new Uint8Array(0) }
  }
}
