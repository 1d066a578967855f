import type { Connection, Environment } from '@ts2p/base'
import { decodeFlood, encodeFlood, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Flag, Flood, Identity, Limits, MessageId, NodeId, OfferedMessage } from '@ts2p/protocol'
import { planBroadcast } from './broadcast.ts'
import { MessageTooLargeError } from './errors.ts'
import { RecentMessages, wantedOf } from './repair.ts'
import { SeenCache } from './seen-cache.ts'

/** Bytes of a frame that are not a flood's: header, flag, lengths. */
const envelopeBytes = 64

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
  readonly #recent = new RecentMessages()
  readonly #ids = new NodeIdCache()
  readonly #epoch: number
  #sequence = 0

  constructor(options: {
    identity: Identity
    environment: Environment
    limits: Limits
    neighbours: () => Iterable<Connection>
  }) {
    this.#identity = options.identity
    this.#environment = options.environment
    this.#limits = options.limits
    this.#neighbours = options.neighbours
    this.#seen = new SeenCache({ idsMax: options.limits.seenIdsMax, generationMs: options.limits.seenMs })
    this.#epoch = Math.max(0, Math.floor(options.environment.now() / 1000)) % 2 ** 32
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
    if (this.#seen.has(name)) return false
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
    const payload = encodeFlood(flood)
    const bytesMax = this.#limits.frameBytesMax - envelopeBytes
    if (payload.length > bytesMax) throw new MessageTooLargeError({ bytes: payload.length, bytesMax })
    const name = this.nameOf(flood.id)
    this.firstSeen(name)
    return this.#spread({ flag, payload, name, id: flood.id, origin: this.#identity.id, from: undefined })
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
  wanted(offer: readonly OfferedMessage[], memberForMs: number): MessageId[] {
    return wantedOf(offer, { isSeen: (id) => this.#seen.has(this.nameOf(id)), memberForMs })
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
    const { send } = planBroadcast(this.#neighbours(), message)
    const envelope = new OutgoingEnvelope(flag, payload)
    for (const neighbour of send) neighbour.send(envelope)
    // Records need no repair here: the dictionary reconciles by itself.
    if (flag === 'broadcast') this.#recent.add({ name, id, flag, payload, receivedAt: this.#environment.monotonicNow() })
    return send.length
  }
}
