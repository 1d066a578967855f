import type { CancelTimer, Environment } from '@ts2p/base'
import { encodeBroadcast, encodePackets, PacketLists, PacketWriter, signatureBytes } from '@ts2p/protocol'
import type { Flag, Broadcast, BroadcastHeader } from '@ts2p/protocol'
import { MessageTooLargeError } from '../errors.ts'
import type { MessageProof, Signer } from '../signing/signer.ts'

/** Bytes of a frame that are not its payload's: header, flag, lengths, hops. */
const envelopeBytes = 64
/** Most bytes that a broadcast's id, time, signature and lengths take besides its packets, and that each packet takes besides its own. */
const broadcastBytes = 160
const packetBytes = 8
/** Messages of one turn travel together, up to so many packets and bytes. */
const togetherMax = { packets: 4096, bytes: 65_536 } as const
/** After a broadcast of at least this many bytes, more is likely to follow. The messages of the next milliseconds wait, and share one signature. */
const longBroadcast = { bytes: 4096, pauseMs: 5 } as const

/** Most bytes of a frame's payload. */
export function payloadBytesMax({ frameBytesMax }: { readonly frameBytesMax: number }): number {
  return frameBytesMax - envelopeBytes
}

/** A broadcast of this node's, encoded. */
export interface OutgoingBroadcast {
  readonly flag: Flag
  readonly channel: number
  readonly first: number
  readonly last: number
  readonly payload: Uint8Array
}

/**
 * This node's broadcasts, on their way out: numbers and signs them, and puts those of one turn into one broadcast, or those of a few turns
 * when there are many.
 */
export class OutgoingBatcher {
  readonly #source: Uint8Array
  readonly #epoch: number
  readonly #bytesMax: number
  readonly #environment: Environment
  readonly #now: () => number
  readonly #signer: Signer | undefined
  readonly #spread: (broadcast: OutgoingBroadcast) => void
  #sequence = 0
  readonly #waiting = new PacketWriter()
  /** When the next broadcast may leave by itself, monotonic milliseconds. */
  #pausedUntil = Number.NEGATIVE_INFINITY
  #cancelPause: CancelTimer | undefined

  constructor(options: {
    /** This node's public key. */
    source: Uint8Array
    epoch: number
    frameBytesMax: number
    environment: Environment
    /** The network's clock, milliseconds since 1970. */
    now: () => number
    /** Undefined where messages are not signed. */
    signer: Signer | undefined
    spread: (broadcast: OutgoingBroadcast) => void
  }) {
    this.#source = options.source
    this.#epoch = options.epoch
    this.#bytesMax = payloadBytesMax(options)
    this.#environment = options.environment
    this.#now = options.now
    this.#signer = options.signer
    this.#spread = options.spread
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Takes a copy of a message of the application, which leaves when the turn ends, or at the end of a pause. @throws {MessageTooLargeError} */
  add(packets: readonly Uint8Array[]): void {
    let bytes = packetBytes * packets.length
    for (const packet of packets) bytes += packet.length
    if (bytes + broadcastBytes > this.#bytesMax) this.#assertContentFits(encodePackets(PacketLists.of([packets])))
    const waiting = this.#waiting
    const togetherBytesMax = Math.min(togetherMax.bytes, this.#bytesMax - broadcastBytes)
    const waitingBytes = waiting.bytes + packetBytes * waiting.packets
    if (waiting.packets + packets.length > togetherMax.packets || waitingBytes + bytes > togetherBytesMax) this.flush()
    if (this.isEmpty) this.#environment.defer(() => this.#onTurnEnd())
    waiting.add(packets)
  }

  /**
   * Sends a message that is none of the application's, and signs a statement of its layer with it.
   * @returns the proof of both; undefined where messages are not signed
   * @throws {MessageTooLargeError}
   */
  send(
    { flag, channel = 0, statement = new Uint8Array(0) }: { flag: Flag; channel?: number; statement?: Uint8Array },
    content: Uint8Array,
  ): MessageProof | undefined {
    this.flush()
    this.#assertContentFits(content, statement)
    return this.#send({ flag, channel, count: 1, content }, statement)
  }

  /** Sends at once what waits. */
  flush(): void {
    this.#cancelPause?.()
    this.#cancelPause = undefined
    if (this.isEmpty) return
    const count = this.#waiting.size
    const content = encodePackets(this.#waiting.finish())
    if (content.length >= longBroadcast.bytes)
      this.#pausedUntil = this.#environment.monotonicNow() + longBroadcast.pauseMs
    this.#send({ flag: 'broadcast', channel: 0, count, content })
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

  #onTurnEnd(): void {
    const restMs = this.#pausedUntil - this.#environment.monotonicNow()
    if (restMs <= 0) return this.flush()
    this.#cancelPause ??= this.#environment.setTimer(restMs, () => this.flush())
  }

  #assertContentFits(content: Uint8Array, statement: Uint8Array = new Uint8Array(0)): void {
    const signature = this.#signer && new Uint8Array(signatureBytes)
    this.assertFits(encodeBroadcast({ ...this.#nextBroadcast(1, content), signature, statement }).length)
  }

  #send(
    { flag, channel, count, content }: Pick<BroadcastHeader, 'flag' | 'channel' | 'count' | 'content'>,
    statement: Uint8Array = new Uint8Array(0),
  ): MessageProof | undefined {
    const broadcast = this.#nextBroadcast(count, content)
    const proof = this.#signer?.sign({ flag, channel, ...broadcast }, statement)
    const payload = encodeBroadcast({
      ...broadcast,
      signature: proof?.signature,
      statement: proof ? statement : new Uint8Array(0),
    })
    const first = this.#sequence + 1
    this.#sequence += count
    this.#spread({ flag, channel, first, last: this.#sequence, payload })
    return proof
  }

  #nextBroadcast(count: number, content: Uint8Array): Pick<Broadcast, 'id' | 'time' | 'count' | 'content'> {
    return {
      id: { source: this.#source, epoch: this.#epoch, sequence: this.#sequence + 1 },
      time: this.#now(),
      count,
      content,
    }
  }
}
