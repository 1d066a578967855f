import type { CancelTimer, Environment } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { RequestTimeoutError } from '../errors.ts'
import type { Message } from '../messages/message.ts'

/** A request, among those to its target. */
export interface RequestKey {
  readonly epoch: number
  readonly sequence: number
}

interface Pending {
  readonly resolve: (answer: Message) => void
  readonly reject: (error: unknown) => void
  readonly cancel: CancelTimer
  isAcknowledged: boolean
}

/** The requests of this node that wait for an answer. Only the node that a request was sent to can answer it. */
export class Requests {
  readonly #environment: Environment
  readonly #byTarget = new Map<NodeId, Map<string, Pending>>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** How many requests to a node wait. */
  pendingTo(target: NodeId): number {
    return this.#byTarget.get(target)?.size ?? 0
  }

  /** Resolves with the answer. @throws {RequestTimeoutError} */
  expect(target: NodeId, name: RequestKey, timeoutMs: number): Promise<Message> {
    return new Promise((resolve, reject) => {
      const cancel = this.#environment.setTimer(timeoutMs, () => {
        const isReceived = pending.isAcknowledged
        this.fail(target, name, new RequestTimeoutError(target, { waitedMs: timeoutMs, isReceived }))
      })
      const pending: Pending = { resolve, reject, cancel, isAcknowledged: false }
      const others = this.#byTarget.get(target)
      if (others) others.set(keyOf(name), pending)
      else this.#byTarget.set(target, new Map([[keyOf(name), pending]]))
    })
  }

  /** The target has the request. */
  acknowledge(target: NodeId, name: RequestKey): void {
    const pending = this.#byTarget.get(target)?.get(keyOf(name))
    if (pending) pending.isAcknowledged = true
  }

  /** @returns whether the message answers a request */
  settle(name: RequestKey, message: Message): boolean {
    const pending = this.#remove(message.sender, name)
    pending?.resolve(message)
    return pending !== undefined
  }

  /** @returns whether there was such a request */
  fail(target: NodeId, name: RequestKey, error: unknown): boolean {
    const pending = this.#remove(target, name)
    pending?.reject(error)
    return pending !== undefined
  }

  /** Rejects all requests to a node. */
  failAll(target: NodeId, error: Error): void {
    const pending = this.#byTarget.get(target)
    this.#byTarget.delete(target)
    for (const { cancel, reject } of pending?.values() ?? []) {
      cancel()
      reject(error)
    }
  }

  close(error: Error): void {
    for (const target of this.#byTarget.keys()) this.failAll(target, error)
  }

  #remove(target: NodeId, name: RequestKey): Pending | undefined {
    const others = this.#byTarget.get(target)
    const pending = others?.get(keyOf(name))
    if (!others || !pending) return undefined
    others.delete(keyOf(name))
    if (others.size === 0) this.#byTarget.delete(target)
    pending.cancel()
    return pending
  }
}

function keyOf({ epoch, sequence }: RequestKey): string {
  return `${epoch}.${sequence}`
}
