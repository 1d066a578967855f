import type { Connection, Environment } from '@ts2p/base'
import { decodeFlood, encodeFlood, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Flag, Flood, Identity, Limits, MessageId, NodeId, OfferedMessage } from '@ts2p/protocol'
import { planBroadcast } from './broadcast.ts'
import { MessageTooLargeError } from './errors.ts'
import { defaultRepairLimits, RecentMessages, wantedOf } from './repair.ts'
import { SeenCache } from './seen-cache.ts'

/** Bytes of a frame that are not a flood's: header, flag, lengths. */
const envelopeBytes = 64
/** Most messages whose age is remembered until they come. */
const askedMax = 8192

/** A flood that this node has not seen before. */
export interface Arrival {
  readonly flag: Flag
  readonly flood: Flood
  readonly origin: NodeId
  /** The message's id as text. */
  readonly name: string
  readonly from: Connection
  /** Its encoded form, to be passed on as it is. */
  readonly payload: Uint8Array
}

/** Messages to all: gives them their ids, knows which were seen, and passes them on. */
export class Gossip {
  readonly #identity: Identity
  readonly #environment: Environment
  readonly #limits: Limits
  readonly #neighbours: () => Iterable<Connection>
  readonly #seen: SeenCache
  readonly #recent: RecentMessages
  /** Messages are given up for repair before the first nodes may forget that they saw them: so none comes twice. */
  readonly #ageMsMax: number
  readonly #ids = new NodeIdCache()
  readonly #report: (kind: string, sentence: string) => void
  /** Messages asked for, and when they were sent, monotonic milliseconds. */
  readonly #sentAt = new Map<string, number>()
  readonly #epoch: number
  #sequence = 0
  /** Since when this node has been in the network, monotonic milliseconds. */
  #memberSince: number | undefined

  constructor(options: {
    identity: Identity
    environment: Environment
    limits: Limits
    neighbours: () => Iterable<Connection>
    report: (kind: string, sentence: string) => void
  }) {
    this.#identity = options.identity
    this.#environment = options.environment
    this.#limits = options.limits
    this.#neighbours = options.neighbours
    this.#report = options.report
    this.#seen = new SeenCache({ idsMax: options.limits.seenIdsMax, generationMs: options.limits.seenMs })
    this.#ageMsMax = options.limits.seenMs * 0.75
    this.#recent = new RecentMessages({ ...defaultRepairLimits, ageMsMax: this.#ageMsMax })
    // Not the time: a node that is back within a second would say new things under old ids.
    this.#epoch = new DataView(options.environment.randomBytes(4).buffer).getUint32(0)
  }

  /** This node has a link, and with its first it is in the network. */
  joined(): void {
    this.#memberSince ??= this.#environment.monotonicNow()
  }

  /** The id of this node's next message. */
  nextId(): MessageId {
    this.#sequence += 1
    return { origin: this.#identity.hash, epoch: this.#epoch, sequence: this.#sequence }
  }

  /** An id as text. */
  nameOf(id: MessageId): string {
    return `${this.originOf(id)}.${id.epoch}.${id.sequence}`
  }

  originOf(id: MessageId): NodeId {
    return this.#ids.fromHash(id.origin)
  }

  /** Whether the message is new; from now on it is not. */
  firstSeen(name: string): boolean {
    if (this.#isKnown(name)) return false
    this.#seen.add(name, this.#environment.monotonicNow())
    return true
  }

  /**
   * Sends a message of this node's.
   * @returns to how many neighbours it went
   * @throws {MessageTooLargeError}
   */
  originate(flag: Flag, content: { packets?: readonly Uint8Array[]; payload?: Uint8Array }): number {
    const flood: Flood = {
      id: this.nextId(),
      time: this.#environment.now(),
      packets: content.packets ?? [],
      payload: content.payload ?? new Uint8Array(0),
    }
    const payload = this.fitting(encodeFlood(flood))
    const name = this.nameOf(flood.id)
    this.firstSeen(name)
    return this.#spread({ flag, payload, name, id: flood.id, origin: this.#identity.id, from: undefined })
  }

  /** The payload, if it fits into a frame. @throws {MessageTooLargeError} */
  fitting(payload: Uint8Array): Uint8Array {
    const bytesMax = this.#limits.frameBytesMax - envelopeBytes
    if (payload.length > bytesMax) throw new MessageTooLargeError({ bytes: payload.length, bytesMax })
    return payload
  }

  /** Reads a flood; undefined if it was seen before. From here on it counts as seen. @throws {ProtocolError} */
  receive(from: Connection, flag: Flag, payload: Uint8Array): Arrival | undefined {
    let name = ''
    const flood = decodeFlood(payload, (id) => {
      name = this.nameOf(id)
      return !this.firstSeen(name)
    })
    if (!flood) return undefined
    return { flag, flood, name, origin: this.originOf(flood.id), from, payload: payload.slice() }
  }

  /** Passes a flood on, once the layer above has found it good. */
  forward({ flag, payload, name, flood, origin, from }: Arrival): void {
    this.#spread({ flag, payload, name, id: flood.id, origin, from: from.id })
  }

  /** Offers a neighbour the messages that it may have missed. */
  offer(): OfferedMessage[] {
    return this.#recent.offer(this.#environment.monotonicNow())
  }

  /** Of the messages that a neighbour offers, those to ask for. */
  wanted(offer: readonly OfferedMessage[]): MessageId[] {
    const now = this.#environment.monotonicNow()
    const memberForMs = this.#memberSince === undefined ? 0 : now - this.#memberSince
    const wanted = wantedOf(offer, {
      isKnown: (id) => this.#isKnown(this.nameOf(id)),
      memberForMs,
      ageMsMax: this.#ageMsMax,
    })
    if (this.#sentAt.size + wanted.length > askedMax) this.#sentAt.clear()
    for (const { id, ageMs } of wanted) this.#sentAt.set(this.nameOf(id), now - ageMs)
    return wanted.map(({ id }) => id)
  }

  /** The messages that a neighbour asks for, as far as they are kept. */
  kept(ids: readonly MessageId[]): OutgoingEnvelope[] {
    return ids.flatMap((id) => {
      const message = this.#recent.get(this.nameOf(id))
      return message ? [new OutgoingEnvelope(message.flag, message.payload)] : []
    })
  }

  #spread(message: {
    flag: Flag
    payload: Uint8Array
    name: string
    id: MessageId
    origin: NodeId
    from: NodeId | undefined
  }): number {
    const { flag, payload, name, id } = message
    const { send, later } = planBroadcast(this.#neighbours(), message)
    const envelope = new OutgoingEnvelope(flag, payload)
    for (const neighbour of send) neighbour.send(envelope)
    if (flag === 'whisper' && later.length > 0) {
      this.#report(
        'whisper',
        'A whisper was not sent to a neighbour that takes messages too slowly: send less at once.',
      )
    }
    // Records need no repair here: the dictionary reconciles by itself.
    if (flag === 'broadcast') {
      const now = this.#environment.monotonicNow()
      const isRoomLacking = this.#recent.add({ name, id, flag, payload, sentAt: this.#sentAt.get(name) ?? now }, now)
      this.#sentAt.delete(name)
      if (isRoomLacking && later.length > 0) {
        this.#report(
          'congested',
          'A neighbour takes messages more slowly than they come, and may have missed some for good: send less at once.',
        )
      }
    }
    return send.length
  }

  /** What is kept for repair was seen, however many messages have come since. */
  #isKnown(name: string): boolean {
    return this.#seen.has(name) || this.#recent.get(name) !== undefined
  }
}
