import type { Environment } from '@ts2p/base'
import type { Message } from '@ts2p/mesh'
import type { NodeId } from '@ts2p/protocol'
import type { Inspected } from '../inspected.ts'
import { answersWithinBudget } from './answer-budget.ts'
import { latestTrees, linksAnswer, linksType, readLinksAnswer } from './link-answers.ts'
import { readPropagation, PropagationReports, propagationType } from './propagation-reports.ts'
import type { ReportingNode } from './propagation-reports.ts'
import type { OtherNode, Propagation } from '../wire.ts'

/** A node that answers is asked again so soon, or later the more of them there are; one that does not, ever more rarely. Milliseconds. */
const againMs = { answered: 3000, forEachThatAnswers: 250, silent: 30_000, silentMax: 600_000 } as const
const timeoutMs = 2500
const askedMax = 128
const atOnceMax = 8

interface Asked {
  answer: OtherNode | undefined
  /** Monotonic milliseconds. */
  dueAt: number
  failures: number
  isOpen: boolean
}

/** What is asked of the node. */
export type AskingNode = ReportingNode &
  Pick<Inspected, 'registerHandler' | 'routingTable' | 'trees'> & {
    request(
      id: NodeId,
      packets: readonly string[],
      options: { type: string; timeoutMs: number },
    ): Promise<Pick<Message, 'packets'>>
  }

/** What other nodes with an inspector tell of their links, and of what comes to them; and what this node tells them. */
export class PeerPoller {
  readonly #node: AskingNode
  readonly #environment: Environment
  readonly #asked = new Map<NodeId, Asked>()
  readonly #onPropagation: (propagation: Propagation) => void
  readonly #reports: PropagationReports
  #isClosed = false

  constructor(options: {
    node: AskingNode
    environment: Environment
    onPropagation: (propagation: Propagation) => void
  }) {
    this.#node = options.node
    this.#environment = options.environment
    this.#onPropagation = options.onPropagation
    this.#reports = new PropagationReports(options)
    options.node.registerHandler((message) => !this.#isClosed && this.#onMessage(message))
  }

  /** What is shown of the others. */
  get others(): OtherNode[] {
    return answersWithinBudget(this.#answers)
  }

  get #answers(): OtherNode[] {
    return [...this.#asked.values()].flatMap(({ answer }) => answer ?? [])
  }

  /** Asks those whose turn it is, a few at a time. */
  look(): void {
    const known = this.#known()
    for (const id of this.#asked.keys()) if (!known.has(id)) this.#asked.delete(id)
    const now = this.#environment.monotonicNow()
    for (const id of known) if (!this.#asked.has(id)) this.#asked.set(id, createAsked())
    const asked = [...this.#asked]
    const due = asked.filter(([, { isOpen, dueAt }]) => !isOpen && dueAt <= now)
    const room = Math.max(0, atOnceMax - asked.filter(([, { isOpen }]) => isOpen).length)
    // Who has waited longest comes first.
    for (const [id, each] of due.toSorted(([, a], [, b]) => a.dueAt - b.dueAt).slice(0, room)) void this.#ask(id, each)
  }

  close(): void {
    this.#isClosed = true
    this.#reports.close()
  }

  /** @returns whether it was for an inspector */
  #onMessage(message: Message): boolean {
    const { sender, type } = message
    if (type === linksType) {
      // Whoever asked and is gone needs none.
      message.reply([linksAnswer(this.#node)]).catch(() => undefined)
      this.#reports.extend(sender)
    }
    if (type === propagationType && this.#asked.get(sender)?.answer) {
      const propagation = readPropagation(message)
      if (propagation) this.#onPropagation(propagation)
    }
    return type === linksType || type === propagationType
  }

  async #ask(id: NodeId, asked: Asked): Promise<void> {
    asked.isOpen = true
    try {
      const message = await this.#node.request(id, [], { type: linksType, timeoutMs })
      asked.answer = readLinksAnswer(id, message)
      asked.failures = asked.answer ? 0 : asked.failures + 1
    } catch {
      // It has no inspector, or is gone: what it said before is no longer true.
      asked.answer = undefined
      asked.failures += 1
    }
    const { answered, forEachThatAnswers, silent, silentMax } = againMs
    const pauseMs =
      asked.failures === 0
        ? Math.max(answered, forEachThatAnswers * this.#answers.length)
        : Math.min(silentMax, silent * 2 ** (asked.failures - 1))
    asked.dueAt = this.#environment.monotonicNow() + pauseMs
    asked.isOpen = false
  }

  /** The nodes that there are, as far as anybody has told: neighbors first. */
  #known(): Set<NodeId> {
    const known = new Set<NodeId>(this.#node.routingTable?.keys())
    for (const { source, parent } of latestTrees(this.#node, askedMax)) {
      known.add(source)
      if (parent) known.add(parent)
    }
    for (const { links } of this.#answers) for (const id of links) known.add(id)
    known.delete(this.#node.id)
    return new Set([...known].slice(0, askedMax))
  }
}

function createAsked(): Asked {
  return { answer: undefined, dueAt: 0, failures: 0, isOpen: false }
}
