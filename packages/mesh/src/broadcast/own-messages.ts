import { encodeFlood, PacketLists, PacketWriter } from '@ts2p/protocol'
import type { Flag, Flood } from '@ts2p/protocol'
import { MessageTooLargeError } from '../errors.ts'

/** Bytes of a frame that are not its payload's: header, flag, lengths, hops. */
const envelopeBytes = 64
/** Most bytes that a flood's id, time and lengths take besides its packets, and that each packet takes besides its own. */
const floodBytes = 80
const packetBytes = 8
/** Messages of one turn travel together, up to so many packets and bytes. */
const togetherMax = { packets: 4096, bytes: 65_536 } as const

/** Most bytes of a frame's payload. */
export function payloadBytesMax({ frameBytesMax }: { readonly frameBytesMax: number }): number {
  return frameBytesMax - envelopeBytes
}

/** A flood of this node's, encoded. */
export interface OwnFlood {
  readonly flag: Flag
  readonly channel: number
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
  readonly #waiting = new PacketWriter()

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
    this.#bytesMax = payloadBytesMax(options)
    this.#now = options.now
    this.#spread = options.spread
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Takes a copy of a message of the application; `flush` sends it. @throws {MessageTooLargeError} */
  add(packets: readonly Uint8Array[]): void {
    let bytes = packetBytes * packets.length
    for (const packet of packets) bytes += packet.length
    if (bytes + floodBytes > this.#bytesMax) this.fitting(encodeFlood(this.#floodOf(PacketLists.of([packets]))))
    const waiting = this.#waiting
    const togetherBytesMax = Math.min(togetherMax.bytes, this.#bytesMax - floodBytes)
    const waitingBytes = waiting.bytes + packetBytes * waiting.packets
    if (waiting.packets + packets.length > togetherMax.packets || waitingBytes + bytes > togetherBytesMax) this.flush()
    waiting.add(packets)
  }

  /** Sends a message that is none of the application's. @throws {MessageTooLargeError} */
  send(flag: Flag, payload: Uint8Array, channel = 0): void {
    this.flush()
    const encoded = this.fitting(encodeFlood({ ...this.#floodOf(PacketLists.of([[]])), payload }))
    this.#sequence += 1
    this.#spread({ flag, channel, first: this.#sequence, last: this.#sequence, payload: encoded })
  }

  flush(): void {
    if (this.isEmpty) return
    const first = this.#sequence + 1
    const last = this.#sequence + this.#waiting.size
    const payload = encodeFlood(this.#floodOf(this.#waiting.take()))
    this.#sequence = last
    this.#spread({ flag: 'broadcast', channel: 0, first, last, payload })
  }

  /** The payload, if it fits into a frame. @throws {MessageTooLargeError} */
  fitting(payload: Uint8Array): Uint8Array {
    this.assertFits(payload.length)
    return payload
  }

  /** @throws {MessageTooLargeError} when a payload of that length does not fit into a frame */
  assertFits(bytes: number): void {
    if (bytes > this.#bytesMax) throw new MessageTooLargeError({ bytes, bytesMax: this.#bytesMax })
  }

  #floodOf(messages: PacketLists): Flood {
    const id = { origin: this.#origin, epoch: this.#epoch, sequence: this.#sequence + 1 }
    return { id, time: this.#now(), messages, payload: new Uint8Array(0) }
  }
}
