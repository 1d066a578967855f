import { LeaseHeldError, type StoreRecord } from './index.ts'
import { leaseServerValue, type MadeWrite } from './lease-server.test-helper.ts'
import { start } from './replica.test-helper.ts'

/**
 * Goes through every history of a few nodes that write one key: every sequence of writers, kinds of write and gaps
 * between writes; at each write every choice, in every order, of the records that its writer has received by then; and
 * at the end every order in which each node receives the rest. Replicas share nothing, so orders that differ only in
 * which of two nodes receives first are one and the same, and each node's orders are tried by themselves.
 */
export interface HistoryOptions<Replica extends HistoryReplica> {
  readonly nodes: readonly string[]
  readonly writes: number
  readonly kinds: readonly WriteKind[]
  readonly gapsSeconds: readonly number[]
  /** For the oracle; undefined when there are no leases and so nothing to ask it. */
  readonly leaseSeconds: number | undefined
  readonly makeReplica: (name: string) => Replica
}

export type WriteKind = 'set' | 'delete' | 'field'

/** What is checked. Returns the records to send; throws LeaseHeldError when the write is refused. */
export interface HistoryReplica {
  write(kind: WriteKind, value: string, nowMs: number): readonly StoreRecord[]
  receive(record: StoreRecord, nowMs: number): void
  value(): string | undefined
  /** Equal if and only if the states are. */
  state(): string
}

export interface HistoryCounts {
  /** Histories that ended in all nodes having received everything. */
  histories: number
  /** Orders of delivery run on one node, and those of the whole network that they stand for. */
  ordersRun: number
  ordersCovered: number
  divergent: number
  /** Ends in which one lease server that heard every write made has the same value. */
  agree: number
  /** Ends that differ from it, where different nodes wrote in one second. */
  differInOneSecond: number
  differ: number
  firstFault: string | undefined
}

/** Something that happened at one node: its own write, or a message that it received. */
type Event = { readonly kind: WriteKind; readonly value: string; readonly at: number } | { readonly message: Message }
interface Message {
  readonly from: number
  readonly record: StoreRecord
}

export function checkEveryHistory<Replica extends HistoryReplica>(options: HistoryOptions<Replica>): HistoryCounts {
  const { nodes, kinds, gapsSeconds } = options
  const counts: HistoryCounts = {
    histories: 0,
    ordersRun: 0,
    ordersCovered: 0,
    divergent: 0,
    agree: 0,
    differInOneSecond: 0,
    differ: 0,
    firstFault: undefined,
  }

  const run = (node: number, events: readonly Event[]): Replica => {
    const replica = options.makeReplica(nodes[node] ?? '')
    for (const event of events) apply(replica, event)
    return replica
  }

  const write = (
    logs: readonly Event[][],
    messages: readonly Message[],
    made: readonly MadeWrite[],
    at: number,
  ): void => {
    const step = made.length
    if (step === options.writes) return finish(logs, messages, made)
    for (const [node, log] of logs.entries()) {
      for (const received of orderedChoices(undelivered(node, log, messages))) {
        const logBefore = [...log, ...received.map((message) => ({ message }))]
        for (const kind of kinds) {
          for (const gap of step === 0 ? [0] : gapsSeconds) {
            // 10 ms between writes of one second, so that the order of writing is not the order of ids.
            const event = { kind, value: `write ${step}`, at: at + gap * 1000 + 10 }
            const records = attempt(run(node, logBefore), event)
            const logAfter = records === undefined ? logBefore : [...logBefore, event]
            const sent = (records ?? []).map((record) => ({ from: node, record }))
            const madeNow = { node: nodes[node] ?? '', ...event, wasMade: records !== undefined }
            write(logs.with(node, logAfter), [...messages, ...sent], [...made, madeNow], event.at)
          }
        }
      }
    }
  }

  const finish = (logs: readonly Event[][], messages: readonly Message[], made: readonly MadeWrite[]): void => {
    counts.histories += 1
    const states = new Set<string>()
    let value: string | undefined
    let combinations = 1
    for (const [node, log] of logs.entries()) {
      const orders = permutations(undelivered(node, log, messages))
      combinations *= orders.length
      counts.ordersRun += orders.length
      for (const order of orders) {
        const replica = run(node, [...log, ...order.map((message) => ({ message }))])
        states.add(replica.state())
        value = replica.value()
      }
    }
    counts.ordersCovered += combinations
    const isDivergent = states.size !== 1
    if (isDivergent) counts.divergent += 1
    const isAsServed = options.leaseSeconds === undefined || value === leaseServerValue(made, options.leaseSeconds)
    if (isAsServed) counts.agree += 1
    else if (isTied(made)) counts.differInOneSecond += 1
    else counts.differ += 1
    if (isDivergent || (!isAsServed && !isTied(made)))
      counts.firstFault ??= JSON.stringify({ made, logs, states: [...states] })
  }

  write(
    nodes.map(() => []),
    [],
    [],
    start,
  )
  return counts
}

function apply(replica: HistoryReplica, event: Event): void {
  if ('message' in event) replica.receive(event.message.record, start + 100_000)
  else replica.write(event.kind, event.value, event.at)
}

function attempt(
  replica: HistoryReplica,
  event: { kind: WriteKind; value: string; at: number },
): readonly StoreRecord[] | undefined {
  try {
    const records = replica.write(event.kind, event.value, event.at)
    return records.length === 0 ? undefined : records
  } catch (error) {
    if (error instanceof LeaseHeldError) return undefined
    throw error
  }
}

function undelivered(node: number, log: readonly Event[], messages: readonly Message[]): Message[] {
  const delivered = new Set(log.map((event) => ('message' in event ? event.message : undefined)))
  return messages.filter((message) => message.from !== node && !delivered.has(message))
}

function isTied(made: readonly MadeWrite[]): boolean {
  const done = made.filter((write) => write.wasMade)
  return done.some((x) => done.some((y) => x.node !== y.node && secondOf(x) === secondOf(y)))
}

/** Every choice of items in every order, the empty one included. */
function orderedChoices<Item>(items: readonly Item[]): Item[][] {
  const longer = items.flatMap((first, index) =>
    orderedChoices(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
  return [[], ...longer]
}

/** Every order of all items. */
function permutations<Item>(items: readonly Item[]): Item[][] {
  return orderedChoices(items).filter((choice) => choice.length === items.length)
}

function secondOf(write: MadeWrite): number {
  return Math.floor(write.at / 1000)
}
