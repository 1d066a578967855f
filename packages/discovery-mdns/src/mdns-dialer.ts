import type { Environment } from '@ts2p/base'
import type { Choice, FoundNodes } from './found-nodes.ts'
import type { LocalNode } from './local-node.ts'

/** Between two dials is a pause up to this, milliseconds: whoever announces nodes without end has few of them dialed. */
const pauseMs = 1000

/**
 * Links a node with those found, one after the other: with some by chance, as long as it wants more links, and in any case with
 * the next one by id. By that two networks on one local network become one, each of which has links enough.
 */
export class Dialer {
  readonly #node: LocalNode
  readonly #environment: Environment
  readonly #found: FoundNodes
  readonly #linksWanted: number
  #cancel = (): void => undefined
  #isDialing = false
  #pausedUntil = 0
  #isClosed = false

  constructor(options: { node: LocalNode; environment: Environment; found: FoundNodes; linksWanted: number }) {
    this.#node = options.node
    this.#environment = options.environment
    this.#found = options.found
    this.#linksWanted = options.linksWanted
  }

  /** Looks whether somebody is to be dialed, now or later. */
  wake(): void {
    this.#cancel()
    if (this.#isDialing || this.#isClosed) return
    const now = this.#environment.monotonicNow()
    this.#found.expire(now)
    const isLinked = (id: string): boolean => this.#node.routingTable?.has(id) === true
    const successor = this.#found.successorOf(this.#node.id)
    const wanted = successor && !isLinked(successor.id) ? [successor] : []
    if ((this.#node.routingTable?.size ?? 0) < this.#linksWanted) {
      const any = this.#found.choose(isLinked, now, this.#environment.random())
      if (any) wanted.push(any)
    }
    const [first] = wanted.toSorted((one, other) => one.dueAt - other.dueAt)
    if (!first) return
    const dueAt = Math.max(first.dueAt, this.#pausedUntil)
    if (dueAt > now) this.#cancel = this.#environment.setTimer(dueAt - now, () => this.wake())
    else void this.#dial(first)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  async #dial({ id, address }: Choice): Promise<void> {
    if (!address) return
    const { transport, host, port } = address
    this.#isDialing = true
    const error = await this.#node.connect(host, port, transport).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    this.#isDialing = false
    if (this.#isClosed) return
    const outcome = error === undefined ? 'linked' : 'failed'
    const now = this.#environment.monotonicNow()
    this.#found.rest(id, outcome, now, this.#environment.random())
    this.#pausedUntil = now + this.#environment.random() * pauseMs
    this.#environment.log('debug', `discovery: a node found is ${outcome}`, { id, ...address, error })
    this.wake()
  }
}
