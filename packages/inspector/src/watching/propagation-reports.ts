import type { Environment } from '@ts2p/base'
import type { Message } from '@ts2p/mesh'
import { isNodeId } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import type { Inspected } from '../inspected.ts'
import { PropagationWatch } from './propagation-watch.ts'
import type { Propagation, PropagatedCopy } from '../wire.ts'

/** The type of what a node tells those who look at it from elsewhere of the deliveries that came to it. */
export const propagationType = 'ts2p/inspect/propagation'
/** Told together, so often; and for so long after a question for links. Milliseconds. */
const togetherMs = 500
const watchedMs = 45_000
const watchersMax = 8
const copiesMax = 64

/** What is asked of the node. */
export type ReportingNode = Pick<Inspected, 'id' | 'observeDeliveries' | 'sendTo'>

/** Tells other nodes with an inspector what comes here, for as long as they ask for this node's links. */
export class PropagationReports {
  readonly #node: ReportingNode
  readonly #environment: Environment
  /** Who wants to know, and until when: monotonic milliseconds. */
  readonly #watchers = new Map<NodeId, number>()
  #watch: PropagationWatch | undefined

  constructor(options: { node: ReportingNode; environment: Environment }) {
    this.#node = options.node
    this.#environment = options.environment
  }

  /** A node has asked for this one's links. */
  extend(id: NodeId): void {
    this.#expire()
    if (!this.#watchers.has(id) && this.#watchers.size >= watchersMax) return
    this.#watchers.set(id, this.#environment.monotonicNow() + watchedMs)
    const { node, environment } = { node: this.#node, environment: this.#environment }
    this.#watch ??= new PropagationWatch({
      node,
      environment,
      togetherMs,
      tell: (propagation) => this.#report(propagation),
    })
  }

  close(): void {
    this.#watchers.clear()
    this.#stop()
  }

  #report({ copies, omitted }: Propagation): void {
    this.#expire()
    if (this.#watchers.size === 0) return this.#stop()
    const text = JSON.stringify({ copies, omitted })
    // Who is gone needs nothing.
    for (const id of this.#watchers.keys())
      this.#node.sendTo(id, [text], { type: propagationType }).catch(() => undefined)
  }

  #expire(): void {
    const now = this.#environment.monotonicNow()
    for (const [id, until] of this.#watchers) if (until < now) this.#watchers.delete(id)
  }

  #stop(): void {
    this.#watch?.close()
    this.#watch = undefined
  }
}

/** What a node has told of the deliveries that came to it; undefined if it is no such thing: it may be anybody's. */
export function readPropagation({ sender, packets }: Pick<Message, 'sender' | 'packets'>): Propagation | undefined {
  try {
    const { copies, omitted } = JSON.parse(new TextDecoder().decode(packets[1])) as Record<string, unknown>
    if (!Array.isArray(copies) || copies.length > copiesMax || !copies.every(isCopy) || !isCount(omitted))
      return undefined
    return { kind: 'propagation', at: sender, copies, omitted }
  } catch {
    return undefined
  }
}

function isCopy(value: unknown): value is PropagatedCopy {
  if (typeof value !== 'object' || value === null) return false
  const { source, from, channel, count, hops, delayMs } = value as Record<string, unknown>
  return isId(source) && (from === null || isId(from)) && [channel, count, hops, delayMs].every(isCount)
}

function isId(value: unknown): value is NodeId {
  return typeof value === 'string' && value.length <= 64 && isNodeId(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
