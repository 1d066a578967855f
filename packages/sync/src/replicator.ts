import type { Connection, Environment } from '@ts2p/base'
import type { MeshSocket, NeighbourFlag, Verdict } from '@ts2p/mesh'
import { decodeSummary, encodeSummary } from '@ts2p/protocol'
import type { Summary } from '@ts2p/protocol'
import type { BinaryString, Change, Store, StoreRecord } from '@ts2p/store'
import { compare } from './anti-entropy.ts'
import type { ComparisonState } from './anti-entropy.ts'
import type { Contact } from './contact.ts'
import { RecordIntake } from './record-intake.ts'
import type { TakenIn } from './record-intake.ts'
import { packRecords } from './record-payload.ts'
import { Strikes } from './strikes.ts'
import type { Verifier } from './verifier.ts'

/** Bytes of records in one message of a comparison: small, so that other messages get through in between. */
const streamBytes = 64 * 1024
/** Room that a message leaves for what is around its records. */
const overheadBytes = 512
/** How often a random neighbour is compared with, milliseconds. */
const compareMs = 30_000

interface NeighbourState {
  comparison: ComparisonState
  /** Payloads of records that wait for the link to take them. */
  stream: Iterator<Uint8Array, void, undefined> | undefined
  /** Writes of this node that were not sent, because the link took no more. */
  missed: Change[]
}

/** Bytes of records that fit into one message. */
export function recordBytesMax(limits: { frameBytesMax: number }): number {
  return limits.frameBytesMax - overheadBytes
}

/** Keeps the store and the network the same: spreads what is written here, takes in what comes, compares with neighbours. */
export class Replicator {
  readonly #store: Store
  readonly #mesh: MeshSocket
  readonly #environment: Environment
  readonly #onForgotten: (keys: readonly BinaryString[]) => void
  readonly #onChanges: (changes: readonly Change[]) => void
  readonly #contact: Contact
  readonly #intake: RecordIntake
  readonly #seal: (options?: { readonly regroup: boolean }) => void
  readonly #isSigned: boolean
  readonly #strikes: Strikes
  readonly #neighbours = new Map<Connection, NeighbourState>()
  readonly #streamBytes: number
  #outbox: Change[] = []
  #compareAt = 0
  #onDrained: (() => void) | undefined

  /**
   * @param options.verifier undefined where records are not signed
   * @param options.seal signs what this node has written since it was last called
   * @param options.contact tells when the store must join cold, because it was without neighbours for too long
   * @param options.onForgotten hears of deleted keys of which nothing is left
   * @param options.onChanges hears of what came from the network, once the store is up to date
   */
  constructor(options: {
    store: Store
    mesh: MeshSocket
    environment: Environment
    contact: Contact
    verifier: Verifier | undefined
    seal: (options?: { readonly regroup: boolean }) => void
    onForgotten: (keys: readonly BinaryString[]) => void
    onChanges: (changes: readonly Change[]) => void
  }) {
    this.#store = options.store
    this.#mesh = options.mesh
    this.#environment = options.environment
    this.#streamBytes = Math.min(streamBytes, recordBytesMax(options.mesh.limits))
    this.#onForgotten = options.onForgotten
    this.#onChanges = options.onChanges
    this.#contact = options.contact
    this.#seal = options.seal
    this.#isSigned = options.verifier !== undefined
    this.#strikes = new Strikes(options.mesh.limits.forgeriesMax)
    const { store, verifier, onChanges } = options
    this.#intake = new RecordIntake({
      store,
      verifier,
      onChanges,
      onFull: (limit) =>
        this.#mesh.report(
          'store',
          `A record of another node was not kept, since ${limit} is met: raise it, or delete keys.`,
        ),
    })
  }

  /** Spreads a write of this node's, after the current turn, in one message with the others of the turn. */
  publish(change: Change): void {
    // Whoever links later compares, and finds it.
    if (this.#neighbours.size === 0) return
    if (this.#outbox.length === 0) this.#environment.defer(() => this.flush())
    this.#outbox.push(change)
  }

  /** Spreads what is waiting to be spread. */
  flush(): void {
    const changes = this.#outbox
    this.#outbox = []
    this.#seal()
    const bytesMax = recordBytesMax(this.#mesh.limits)
    for (const payload of this.#packed(recordsOf(changes), bytesMax)) this.#mesh.broadcastStore(payload)
    // Whoever is congested now may have been left out before the last: what it has already, it will know.
    for (const [connection, neighbour] of this.#neighbours) {
      if (connection.isCongested) neighbour.missed = [...neighbour.missed, ...changes]
    }
  }

  /** Records that a node has spread to all. */
  onStore(from: Connection, payload: Uint8Array): Verdict {
    const taken = this.#takeIn(payload)
    if (!taken.isForged) return taken.isNews ? 'forward' : 'drop'
    this.#relay(taken.changes, from)
    return this.#onForged(from)
  }

  onNeighbourMessage(from: Connection, flag: NeighbourFlag, payload: Uint8Array): Verdict {
    if (flag === 'retrieve') {
      this.#answer(from, decodeSummary(payload))
      return 'drop'
    }
    const { changes, isForged } = this.#takeIn(payload)
    this.#relay(changes, from)
    return isForged ? this.#onForged(from) : 'drop'
  }

  /** A neighbour is there, or takes data again: goes on where the link was full, or begins to compare. */
  onNeighbour(connection: Connection): void {
    this.#noteContact()
    const known = this.#neighbours.get(connection)
    if (known?.missed.length) {
      known.stream = concat(known.stream, this.#packed(recordsOf(known.missed)))
      known.missed = []
    }
    if (known?.stream) this.#pump(connection, known)
    if (known?.stream) return
    this.#neighbours.set(connection, known ?? { comparison: 'idle', stream: undefined, missed: [] })
    // Of a new link's two sides one begins; both would ask the same.
    if (known || connection.direction === 'dialled') this.#ask(connection)
  }

  /**
   * Spreads what is waiting to be spread, and resolves once the links have taken all of it, or after so many
   * milliseconds: then with false.
   */
  drain(withinMs: number): Promise<boolean> {
    this.flush()
    return new Promise((resolve) => {
      const cancel = this.#environment.setTimer(withinMs, () => resolve(false))
      this.#onDrained = () => {
        cancel()
        resolve(true)
      }
      this.#tellDrained()
    })
  }

  onNeighbourLost(connection: Connection): void {
    this.#neighbours.delete(connection)
    this.#tellDrained()
  }

  sweep(now: number): void {
    const changes = this.#store.releaseDue(this.#environment.now())
    this.#relay(changes, undefined)
    this.#onChanges(changes)
    this.#onForgotten(this.#store.forget(this.#environment.now()))
    if (this.#neighbours.size > 0) this.#noteContact()
    if (now < this.#compareAt) return
    this.#compareAt = now + compareMs
    const connections = [...this.#neighbours.keys()]
    const chosen = connections[Math.floor(this.#environment.random() * connections.length)]
    if (chosen) this.#ask(chosen)
  }

  /** There are neighbours: if there were none for very long, what they may have deleted since must not come back. */
  #noteContact(): void {
    const sinceMs = this.#contact.note(this.#environment.now())
    if (sinceMs === undefined) return
    this.#onChanges(this.#store.discardForeign(sinceMs))
  }

  #takeIn(payload: Uint8Array): TakenIn {
    return this.#intake.takeIn(payload, this.#environment.now())
  }

  /** Every node verifies before it passes on, so it is this neighbour that forges, or its memory or line is broken. */
  #onForged(from: Connection): Verdict {
    this.#mesh.report('forged', `The node ${from.id} at ${from.remote} has sent records that their owner did not sign.`)
    return this.#strikes.note(from.id) ? 'banish' : 'drop'
  }

  #packed(records: Iterable<StoreRecord>, bytesMax = this.#streamBytes): Generator<Uint8Array, void, undefined> {
    return packRecords(records, { bytesMax, isSigned: this.#isSigned })
  }

  /** Passes on what was news here to the other neighbours; they do the same, until it is news to nobody. */
  #relay(changes: readonly Change[], from: Connection | undefined): void {
    if (changes.length === 0) return
    const others = [...this.#neighbours.keys()].filter((connection) => connection !== from && !connection.isCongested)
    if (others.length === 0) return
    for (const payload of this.#packed(recordsOf(changes))) {
      for (const connection of others) this.#mesh.sendToNeighbour(connection, 'retrieved', payload)
    }
  }

  #ask(connection: Connection): void {
    const neighbour = this.#neighbours.get(connection)
    if (neighbour) neighbour.comparison = 'asked'
    this.#mesh.sendToNeighbour(connection, 'retrieve', encodeSummary(this.#summary()))
  }

  #answer(from: Connection, theirs: Summary): void {
    const neighbour = this.#neighbours.get(from)
    if (!neighbour) return
    const ours = this.#summary()
    const { state, sendBuckets, sendRecordsOf } = compare(neighbour.comparison, ours, theirs, () =>
      this.#store.bucketSums(),
    )
    neighbour.comparison = state
    if (sendBuckets) {
      const summary = encodeSummary({ ...ours, buckets: this.#store.bucketSums() })
      this.#mesh.sendToNeighbour(from, 'retrieve', summary)
    }
    if (!sendRecordsOf) return
    this.#seal({ regroup: true })
    neighbour.stream = this.#packed(this.#store.recordsInBuckets(sendRecordsOf))
    this.#pump(from, neighbour)
  }

  /** Sends records for as long as the link takes them. */
  #pump(connection: Connection, neighbour: NeighbourState): void {
    while (neighbour.stream && !connection.isCongested) {
      this.#seal()
      const next = neighbour.stream.next()
      if (next.done) neighbour.stream = undefined
      else this.#mesh.sendToNeighbour(connection, 'retrieved', next.value)
    }
    this.#tellDrained()
  }

  #tellDrained(): void {
    const isDrained = [...this.#neighbours].every(([, { stream, missed }]) => !stream && missed.length === 0)
    if (isDrained) this.#onDrained?.()
  }

  #summary(): Summary {
    return { count: this.#store.recordCount, root: this.#store.summaryRoot(), buckets: undefined }
  }
}

function* recordsOf(changes: readonly Change[]): Generator<StoreRecord, void, undefined> {
  for (const { records } of changes) yield* records
}

function* concat<T>(first: Iterator<T, void> | undefined, second: Iterable<T>): Generator<T, void, undefined> {
  for (let next = first?.next(); next && !next.done; next = first?.next()) yield next.value
  yield* second
}
