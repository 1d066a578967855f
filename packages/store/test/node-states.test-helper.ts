import type { HistoryReplica } from './every-history.test-helper.ts'
import { LeaseContestedError, LeaseHeldError, OwnedKeyError, type StoreRecord } from '../src/index.ts'
import { start } from './replica.test-helper.ts'

/** A short write takes a lease of one second. */
export type WriteKind = 'set' | 'short' | 'release' | 'delete' | 'field'

/** A write that a node tries. */
export interface Write {
  readonly kind: WriteKind
  readonly value: string
  readonly at: number
}

/** A record on its way. There is one object for all messages that are alike. */
export interface Message {
  readonly id: number
  readonly record: StoreRecord
}

/** What a node may be in. There is one object for all ways that lead to replicas that will do the same. */
export interface NodeState {
  readonly id: number
  readonly name: string
  /** One of the ways that lead here. */
  readonly log: readonly (Write | Message)[]
  /** What it shares with the other nodes, and the value that it reads. */
  readonly shared: string
  readonly value: string | undefined
}

/** A state that a node may be in once it has received some of what was on the way, in so many orders. */
interface Choice {
  readonly state: NodeState
  readonly pending: readonly Message[]
  readonly orders: number
}

interface Written {
  readonly state: NodeState
  readonly sent: readonly Message[]
  /** False when the node itself refused, or had nothing to do. */
  readonly wasMade: boolean
}

/** The states of nodes and what leads from one to another, each step of which is run on a replica once. */
export class NodeStates {
  /** Steps run on replicas. */
  run = 0
  readonly #makeReplica: (name: string) => HistoryReplica
  readonly #states = new Map<string, NodeState>()
  readonly #messages = new Map<string, Message>()
  readonly #steps = new Map<string, NodeState>()
  readonly #writes = new Map<string, Written>()
  readonly #choices = new Map<string, readonly Choice[]>()
  readonly #ends = new Map<string, readonly NodeState[]>()

  constructor(makeReplica: (name: string) => HistoryReplica) {
    this.#makeReplica = makeReplica
  }

  first(name: string): NodeState {
    return this.#stateOf(this.#makeReplica(name), name, [])
  }

  write(from: NodeState, write: Write): Written {
    return remembered(this.#writes, `${from.id} ${write.kind} ${write.value} ${write.at}`, () => {
      this.run += 1
      const replica = this.#replicaIn(from)
      const records = attempt(replica, write)
      if (records.length === 0) return { state: from, sent: [], wasMade: false }
      const state = this.#stateOf(replica, from.name, [...from.log, write])
      return { state, sent: records.map((record) => this.#messageOf(record)), wasMade: true }
    })
  }

  /** After some of the messages, none included, in any order. */
  choices(state: NodeState, pending: readonly Message[]): readonly Choice[] {
    return remembered(this.#choices, keyOf(state, pending), () => {
      const merged = new Map([[keyOf(state, pending), { state, pending, orders: 1 }]])
      for (const [index, message] of pending.entries()) {
        for (const choice of this.choices(this.#receive(state, message), pending.toSpliced(index, 1))) {
          const key = keyOf(choice.state, choice.pending)
          merged.set(key, { ...choice, orders: choice.orders + (merged.get(key)?.orders ?? 0) })
        }
      }
      return [...merged.values()]
    })
  }

  /** After all of the messages, in every order. */
  ends(state: NodeState, pending: readonly Message[]): readonly NodeState[] {
    if (pending.length === 0) return [state]
    return remembered(this.#ends, keyOf(state, pending), () => {
      const all = pending.flatMap((message, index) =>
        this.ends(this.#receive(state, message), pending.toSpliced(index, 1)),
      )
      return [...new Set(all)]
    })
  }

  #receive(from: NodeState, message: Message): NodeState {
    return remembered(this.#steps, `${from.id} ${message.id}`, () => {
      this.run += 1
      const replica = this.#replicaIn(from)
      replica.receive(message.record, receivedAt)
      return this.#stateOf(replica, from.name, [...from.log, message])
    })
  }

  #replicaIn({ name, log }: NodeState): HistoryReplica {
    const replica = this.#makeReplica(name)
    for (const event of log) {
      if ('record' in event) replica.receive(event.record, receivedAt)
      else replica.write(event.kind, event.value, event.at)
    }
    return replica
  }

  #stateOf(replica: HistoryReplica, name: string, log: NodeState['log']): NodeState {
    const [shared, value] = [replica.state(), replica.value()]
    const id = this.#states.size
    return remembered(this.#states, `${name} ${replica.identity()}`, () => ({ id, name, log, shared, value }))
  }

  #messageOf(record: StoreRecord): Message {
    const id = this.#messages.size
    return remembered(this.#messages, JSON.stringify(record), () => ({ id, record }))
  }
}

/** Late enough for every record: receiving reads the clock for nothing but timestamps that are ahead of it. */
const receivedAt = start + 1_000_000

function attempt(replica: HistoryReplica, { kind, value, at }: Write): readonly StoreRecord[] {
  try {
    return replica.write(kind, value, at)
  } catch (error) {
    const refusals = [LeaseHeldError, LeaseContestedError, OwnedKeyError]
    if (refusals.some((refusal) => error instanceof refusal)) return []
    throw error
  }
}

function keyOf(state: NodeState, pending: readonly Message[]): string {
  const ids = pending.map(({ id }) => id).toSorted((x, y) => x - y)
  return `${state.id}:${ids.join()}`
}

function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key)
  if (value !== undefined) return value
  const made = make()
  known.set(key, made)
  return made
}
