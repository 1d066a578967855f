import type { StoreRecord } from '../src/index.ts'
import { leaseServerValue, type MadeWrite } from './lease-server.test-helper.ts'
import { type Message, NodeStates, type NodeState, type WriteKind } from './node-states.test-helper.ts'
import { start } from './replica.test-helper.ts'

export type { WriteKind } from './node-states.test-helper.ts'

/**
 * Goes through every history of a few nodes that write one key: every sequence of writers, kinds of write and gaps
 * between writes; at each write every choice, in every order, of the records that its writer has received by then; and
 * at the end every order in which each node receives the rest. Replicas share nothing, so orders that differ only in
 * which of two nodes receives first are one and the same, and each node's orders are tried by themselves.
 *
 * What happens to a node in a state is run once, however many histories lead there: two states are one if everything
 * that a replica's future depends on is the same, so nothing is taken for granted of merging. Histories are counted,
 * not states.
 */
export interface HistoryOptions {
  readonly nodes: readonly string[]
  readonly writes: number
  readonly kinds: readonly WriteKind[]
  readonly gapsSeconds: readonly number[]
  /** For the oracle; undefined when there are no leases and so nothing to ask it. */
  readonly leaseSeconds: number | undefined
  /** The only node that may set the key; undefined: each may. */
  readonly only?: string | undefined
  readonly makeReplica: (name: string) => HistoryReplica
}

/** What is checked. `write` returns the records to send, and throws when a lease refuses it. */
export interface HistoryReplica {
  write(kind: WriteKind, value: string, nowMs: number): readonly StoreRecord[]
  receive(record: StoreRecord, nowMs: number): void
  value(): string | undefined
  /** Equal if and only if what replicas share is. */
  state(): string
  /** Equal only if all that this replica will ever do is. It is not used afterwards. */
  identity(): string
}

export interface HistoryCounts {
  /** Histories that ended in all nodes having received everything. */
  histories: number
  /** Orders of delivery over the whole network that were covered, and what was run on replicas to that end. */
  ordersCovered: number
  ordersRun: number
  divergent: number
  /** Ends in which one lease server that heard every write made has the same value. */
  agree: number
  /** Ends that differ from it, where different nodes wrote in one second. */
  differInOneSecond: number
  differ: number
  firstFault: string | undefined
}

/** A node in the midst of a history: its state, and what is on the way to it. */
interface Node {
  readonly state: NodeState
  readonly pending: readonly Message[]
}

/** What all histories of one beginning have in common; `orders` is how many there are that nodes cannot tell apart. */
interface Beginning {
  readonly nodes: readonly Node[]
  readonly made: readonly MadeWrite[]
  readonly at: number
  readonly orders: number
}

export function checkEveryHistory(options: HistoryOptions): HistoryCounts {
  const { nodes: names, kinds, gapsSeconds, leaseSeconds, only } = options
  const states = new NodeStates(options.makeReplica)
  const counts: HistoryCounts = {
    histories: 0,
    ordersCovered: 0,
    ordersRun: 0,
    divergent: 0,
    agree: 0,
    differInOneSecond: 0,
    differ: 0,
    firstFault: undefined,
  }

  const goOn = (begun: Beginning): void => {
    const step = begun.made.length
    if (step === options.writes) return finish(begun)
    for (const [index, writer] of begun.nodes.entries()) {
      for (const choice of states.choices(writer.state, writer.pending)) {
        for (const kind of kinds) {
          for (const gap of step === 0 ? [0] : gapsSeconds) {
            // 10 ms between writes of one second, so that the order of writing is not the order of ids.
            const write = { kind, value: `write ${step}`, at: begun.at + gap * 1000 + 10 }
            const { state, sent, wasMade } = states.write(choice.state, write)
            const nodes = begun.nodes.map((node, other) =>
              other === index
                ? { state, pending: choice.pending }
                : { state: node.state, pending: [...node.pending, ...sent] },
            )
            const made = [...begun.made, { node: names[index] ?? '', ...write, wasMade }]
            goOn({ nodes, made, at: write.at, orders: begun.orders * choice.orders })
          }
        }
      }
    }
  }

  const finish = ({ nodes, made, orders }: Beginning): void => {
    const ends = nodes.flatMap(({ state, pending }) => states.ends(state, pending))
    const different = new Set(ends.map(({ shared }) => shared))
    const value = ends.at(-1)?.value
    counts.histories += orders
    counts.ordersCovered += nodes.reduce((product, { pending }) => product * factorial(pending.length), orders)
    const isDivergent = different.size !== 1
    if (isDivergent) counts.divergent += orders
    const isAsServed = leaseSeconds === undefined || value === leaseServerValue(made, { leaseSeconds, only })
    const isTiedEnd = !isAsServed && isTied(made)
    if (isAsServed) counts.agree += orders
    else if (isTiedEnd) counts.differInOneSecond += orders
    else counts.differ += orders
    if (isDivergent || (!isAsServed && !isTiedEnd)) counts.firstFault ??= JSON.stringify({ made, ends: [...different] })
  }

  goOn({ nodes: names.map((name) => ({ state: states.first(name), pending: [] })), made: [], at: start, orders: 1 })
  counts.ordersRun = states.run
  return counts
}

function isTied(made: readonly MadeWrite[]): boolean {
  const done = made.filter((write) => write.wasMade)
  return done.some((x) => done.some((y) => x.node !== y.node && secondOf(x) === secondOf(y)))
}

function secondOf(write: MadeWrite): number {
  return Math.floor(write.at / 1000)
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1)
}
