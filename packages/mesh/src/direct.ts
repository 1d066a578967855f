import type { Connection, Environment } from '@ts2p/base'
import { encodeDirect, hashFromNodeId, OutgoingEnvelope } from '@ts2p/protocol'
import type { Direct, NodeId } from '@ts2p/protocol'
import { UndeliverableError } from './errors.ts'
import type { Gossip } from './gossip.ts'

/** How long a receipt is waited for, and after how long the way is asked for (again), milliseconds. */
const waitMs = 10_000
const askMs = 2000
/** Most hops of a direct message, and most ways remembered. */
const hopsMax = 32
const routesMax = 4096

interface Waiting {
  readonly direct: Direct
  readonly target: NodeId
  readonly since: number
  askedAt: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Messages to one node. Every flood that comes in shows the way back to its origin: the neighbour that brought it first.
 * Direct messages follow these ways hop by hop, and so do their receipts. Where no way is known, or no receipt comes, the
 * target is asked for by a flood; its answer, a flood too, shows everyone the way.
 */
export class DirectMessages {
  readonly #gossip: Gossip
  readonly #environment: Environment
  readonly #ourId: NodeId
  readonly #linked: (id: NodeId) => Connection | undefined
  readonly #routes = new Map<NodeId, NodeId>()
  readonly #waiting = new Map<number, Waiting>()

  constructor(options: {
    gossip: Gossip
    environment: Environment
    ourId: NodeId
    linked: (id: NodeId) => Connection | undefined
  }) {
    this.#gossip = options.gossip
    this.#environment = options.environment
    this.#ourId = options.ourId
    this.#linked = options.linked
  }

  /** Something of this origin came first by this neighbour. */
  learn(origin: NodeId, neighbour: NodeId): void {
    this.#routes.delete(origin)
    this.#routes.set(origin, neighbour)
    const [oldest] = this.#routes.keys()
    if (this.#routes.size > routesMax && oldest !== undefined) this.#routes.delete(oldest)
  }

  /** Sends packets to a node; resolves with its receipt. @throws {UndeliverableError} @throws {MessageTooLargeError} */
  send(target: NodeId, packets: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const now = this.#environment.monotonicNow()
      const direct: Direct = {
        id: this.#gossip.nextId(),
        time: this.#environment.now(),
        target: hashFromNodeId(target),
        hopsLeft: hopsMax,
        packets,
        receiptFor: undefined,
      }
      this.#gossip.fitting(encodeDirect(direct))
      const waiting = { direct, target, since: now, askedAt: now, resolve, reject }
      this.#waiting.set(direct.id.sequence, waiting)
      if (!this.#pass(direct, target)) this.#ask(waiting, now)
    })
  }

  /**
   * Takes a direct message from a neighbour: passes it on, or returns it if it is for this node and new. A repeat for this
   * node is acknowledged again, since the first receipt may have been lost.
   */
  receive(direct: Direct, from: Connection): Direct | undefined {
    const origin = this.#gossip.originOf(direct.id)
    this.learn(origin, from.id)
    const target = this.#gossip.originOf({ ...direct.id, origin: direct.target })
    if (target !== this.#ourId) {
      if (direct.hopsLeft > 0) this.#pass({ ...direct, hopsLeft: Math.min(direct.hopsLeft, hopsMax) - 1 }, target)
      return undefined
    }
    if (direct.receiptFor !== undefined) {
      this.#settle(direct.receiptFor, origin)
      return undefined
    }
    const receiptFor = direct.id.sequence
    const receipt = {
      ...direct,
      id: this.#gossip.nextId(),
      target: direct.id.origin,
      hopsLeft: hopsMax,
      packets: [],
      receiptFor,
    }
    this.#pass(receipt, origin)
    return this.#gossip.firstSeen(this.#gossip.nameOf(direct.id)) ? direct : undefined
  }

  /** A node has answered a search, so the way to it is known: what waits for it goes out (again). */
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
    this.#gossip.originate('request', { payload: waiting.direct.target })
  }

  #pass(direct: Direct, target: NodeId): boolean {
    const via = this.#linked(target) ?? this.#linked(this.#routes.get(target) ?? target)
    via?.send(new OutgoingEnvelope('forward', encodeDirect(direct)))
    return via !== undefined
  }
}
