import { ClosedError } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import type { FoundNodes } from './found-nodes.ts'
import type { LocalNode } from './local-node.ts'

/**
 * With links enough, one more of the nodes found is dialled after a pause up to this, milliseconds: two networks on one local
 * network, each of which has links enough, would not find each other otherwise.
 */
const strangerMs = 600_000

/** Links a node with those found, one after the other, as long as it wants more links. */
export class Dialler {
  readonly #node: LocalNode
  readonly #environment: Environment
  readonly #found: FoundNodes
  readonly #linksWanted: number
  readonly #onClosed: () => void
  #cancel = (): void => undefined
  #strangerAt: number | undefined
  #isDialling = false
  #isClosed = false

  constructor(options: {
    node: LocalNode
    environment: Environment
    found: FoundNodes
    linksWanted: number
    /** The node was closed. */
    onClosed: () => void
  }) {
    this.#node = options.node
    this.#environment = options.environment
    this.#found = options.found
    this.#linksWanted = options.linksWanted
    this.#onClosed = options.onClosed
  }

  /** Looks whether somebody is to be dialled, now or later. */
  wake(): void {
    this.#cancel()
    if (this.#isDialling || this.#isClosed) return
    const now = this.#environment.monotonicNow()
    this.#found.expire(now)
    const isLinked = (id: string): boolean => this.#node.routingTable?.has(id) === true
    const dueAt = Math.max(this.#found.nextDueAt(isLinked), this.#patientUntil(now))
    if (dueAt === Infinity) return
    if (dueAt > now) {
      this.#cancel = this.#environment.setTimer(dueAt - now, () => this.wake())
      return
    }
    const choice = this.#found.choose(isLinked, now, this.#environment.random())
    if (choice) void this.#dial(choice)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  /** When the next may be dialled, whoever it is. */
  #patientUntil(now: number): number {
    if ((this.#node.routingTable?.size ?? 0) < this.#linksWanted) {
      this.#strangerAt = undefined
      return now
    }
    this.#strangerAt ??= now + this.#environment.random() * strangerMs
    return this.#strangerAt
  }

  async #dial({ id, address }: NonNullable<ReturnType<FoundNodes['choose']>>): Promise<void> {
    const { transport, host, port } = address
    this.#isDialling = true
    this.#strangerAt = undefined
    const error = await this.#node.connect(host, port, transport).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    this.#isDialling = false
    if (this.#isClosed) return
    if (error instanceof ClosedError) {
      this.#onClosed()
      return
    }
    const outcome = error === undefined ? 'linked' : 'failed'
    this.#found.rest(id, outcome, this.#environment.monotonicNow(), this.#environment.random())
    this.#environment.log('debug', `discovery: a node found is ${outcome}`, { id, ...address, error })
    this.wake()
  }
}
