import type { Connection, Environment } from '@ts2p/base'
import { encodeDirect, hashFromNodeId, OutgoingEnvelope } from '@ts2p/protocol'
import type { Direct, NodeId } from '@ts2p/protocol'
import { UndeliverableError } from './errors.ts'
import type { Gossip } from './gossip.ts'
import type { MessageIds } from './message-ids.ts'
import type { Message } from './message.ts'
import { Requests } from './requests.ts'
import { SeenCache } from './seen-cache.ts'

/** How long a receipt is waited for, and after how long the way is asked for (again), milliseconds. */
const waitMs = 10_000
const askMs = 2000
/** Most hops of a direct message, and most ways remembered. */
const hopsMax = 32
const routesMax = 4096
/** Direct messages remembered, so that a repeat is not delivered again: far longer than anyone repeats one. */
const seen = { idsMax: 16_384, generationMs: 60_000 } as const

interface Waiting {
  readonly direct: Direct
  readonly target: NodeId
  readonly since: number
  askedAt: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** What else a direct message is. */
export interface DirectOptions {
  /** The message of the target's that it answers. */
  readonly answers?: { readonly epoch: number; readonly sequence: number } | undefined
}

/**
 * Messages to one node. Every message to all shows the way back to its origin: the neighbour that brought it first.
 * Direct messages follow these ways hop by hop, and so do their receipts. Where no way is known, or no receipt comes, the
 * target is dialled if its address is known, and asked for by a message to all; its answer, to all too, shows everyone the way.
 */
export class DirectMessages {
  readonly #gossip: Gossip
  readonly #environment: Environment
  readonly #ourId: NodeId
  readonly #ids: MessageIds
  readonly #linked: (id: NodeId) => Connection | undefined
  readonly #dial: (id: NodeId) => void
  readonly #routes = new Map<NodeId, NodeId>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #requests: Requests
  readonly #seen = new SeenCache(seen)

  constructor(options: {
    gossip: Gossip
    environment: Environment
    ourId: NodeId
    ids: MessageIds
    linked: (id: NodeId) => Connection | undefined
    /** Dials a node, if its address is known and it is not linked. */
    dial: (id: NodeId) => void
  }) {
    this.#gossip = options.gossip
    this.#environment = options.environment
    this.#ourId = options.ourId
    this.#ids = options.ids
    this.#linked = options.linked
    this.#dial = options.dial
    this.#requests = new Requests(options.environment)
  }

  /** Something of this origin came first by this neighbour. */
  learn(origin: NodeId, neighbour: NodeId): void {
    if (this.#routes.get(origin) === neighbour) return
    this.#routes.delete(origin)
    this.#routes.set(origin, neighbour)
    const [oldest] = this.#routes.keys()
    if (this.#routes.size > routesMax && oldest !== undefined) this.#routes.delete(oldest)
  }

  /** Sends packets to a node; resolves with its receipt. @throws {UndeliverableError} @throws {MessageTooLargeError} */
  async send(target: NodeId, packets: readonly Uint8Array[], options: DirectOptions = {}): Promise<void> {
    await this.#send(this.#directTo(target, packets, options), target)
  }

  /**
   * Sends packets to a node; resolves with the first answer to it.
   * @throws {UndeliverableError} @throws {RequestTimeoutError} @throws {MessageTooLargeError}
   */
  request(target: NodeId, packets: readonly Uint8Array[], timeoutMs: number): Promise<Message> {
    const direct = this.#directTo(target, packets, {})
    const answer = this.#requests.expect({ id: direct.id, target, timeoutMs })
    this.#send(direct, target).catch((error: unknown) => this.#requests.fail(direct.id, error))
    return answer
  }

  /** Whether a message answers a request of this node's: then whoever waits for it has it. */
  settleRequest({ answers }: Direct, message: Message): boolean {
    return answers !== undefined && this.#requests.settle(answers, message)
  }

  /**
   * Takes a direct message from a neighbour: passes it on, or returns it if it is for this node and new. A repeat for this
   * node is acknowledged again, since the first receipt may have been lost.
   */
  receive(direct: Direct, from: Connection): Direct | undefined {
    const origin = this.#gossip.idOf(direct.id.origin)
    this.learn(origin, from.id)
    const target = this.#gossip.idOf(direct.target)
    if (target !== this.#ourId) {
      if (direct.hopsLeft > 0) this.#pass({ ...direct, hopsLeft: Math.min(direct.hopsLeft, hopsMax) - 1 }, target)
      return undefined
    }
    if (direct.receiptFor !== undefined) {
      this.#settle(direct.receiptFor, origin)
      return undefined
    }
    const receipt = { id: this.#ids.next(), target: direct.id.origin, packets: [], receiptFor: direct.id.sequence }
    this.#pass({ ...receipt, time: direct.time, hopsLeft: hopsMax, answers: undefined }, origin)
    const name = `${origin}.${direct.id.epoch}.${direct.id.sequence}`
    if (this.#seen.has(name)) return undefined
    this.#seen.add(name, this.#environment.monotonicNow())
    return direct
  }

  /** The way to a node has become known: what waits for it goes out (again). */
  found(target: NodeId): void {
    for (const waiting of this.#waiting.values()) if (waiting.target === target) this.#pass(waiting.direct, target)
  }

  /** Sends again to targets that are silent and asks for them, and gives up those that were for too long. */
  sweep(now: number): void {
    for (const [sequence, waiting] of this.#waiting) {
      if (now - waiting.since >= waitMs) {
        this.#waiting.delete(sequence)
        waiting.reject(new UndeliverableError(waiting.target, waitMs))
      } else if (now - waiting.askedAt >= askMs) {
        this.#pass(waiting.direct, waiting.target)
        this.#ask(waiting, now)
      }
    }
  }

  /** Nothing more will be received: whoever waits is told. */
  close(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#requests.close(error)
  }

  #directTo(target: NodeId, packets: readonly Uint8Array[], { answers }: DirectOptions): Direct {
    const time = this.#environment.now()
    const to = { target: hashFromNodeId(target), hopsLeft: hopsMax }
    // Kept until there is a receipt, whatever the application does to its own meanwhile.
    const copies = packets.map((packet) => packet.slice())
    const direct: Direct = { id: this.#ids.next(), time, ...to, packets: copies, receiptFor: undefined, answers }
    this.#gossip.fitting(encodeDirect(direct))
    return direct
  }

  #send(direct: Direct, target: NodeId): Promise<void> {
    return new Promise((resolve, reject) => {
      const now = this.#environment.monotonicNow()
      const waiting = { direct, target, since: now, askedAt: now, resolve, reject }
      this.#waiting.set(direct.id.sequence, waiting)
      if (!this.#pass(direct, target)) this.#ask(waiting, now)
    })
  }

  /** Only the target can say that it has a message. */
  #settle(sequence: number, receiver: NodeId): void {
    const waiting = this.#waiting.get(sequence)
    if (waiting?.target !== receiver) return
    this.#waiting.delete(sequence)
    waiting.resolve()
  }

  #ask(waiting: Waiting, now: number): void {
    waiting.askedAt = now
    this.#dial(waiting.target)
    this.#gossip.originate('request', waiting.direct.target)
  }

  #pass(direct: Direct, target: NodeId): boolean {
    const via = this.#linked(target) ?? this.#linked(this.#routes.get(target) ?? target)
    via?.send(new OutgoingEnvelope('forward', encodeDirect(direct)))
    return via !== undefined
  }
}
