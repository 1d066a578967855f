import type { Connection, Environment } from '@ts2p/base'
import type { MeshSocket, NeighbourFlag, Verdict } from '@ts2p/mesh'
import { encodeCompare } from '@ts2p/protocol'
import type { CompareMessage } from '@ts2p/protocol'
import type { BinaryString, Change, Store, StoreRecord } from '@ts2p/store'
import { Comparer } from './comparer.ts'
import type { Contact } from './contact.ts'
import type { Cursors } from './cursors.ts'
import type { Journal } from './journal.ts'
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

/** More records than this of one neighbour are not passed on as they come: the others are compared with afterwards. */
const relayedMax = 256

interface NeighbourState {
  /** What waits for the link to take it. */
  stream: Iterator<Outgoing, void, undefined> | undefined
  /** Writes of this node that were not sent, because the link took no more. */
  missed: Change[]
  /** How many records of it were news since a comparison with it ended. */
  newsCount: number
  /** Some of these were not passed on. */
  isRelayDue: boolean
}

/** A message that waits for the link to take it. */
interface Outgoing {
  readonly flag: 'retrieve' | 'retrieved'
  readonly payload: Uint8Array
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
  readonly #comparer: Comparer
  readonly #journal: Journal
  readonly #cursors: Cursors
  readonly #seal: (options?: { readonly regroup: boolean }) => void
  readonly #isSigned: boolean
  readonly #strikes: Strikes
  readonly #neighbours = new Map<Connection, NeighbourState>()
  readonly #streamBytes: number
  #outbox: Change[] = []
  #compareAt: number | undefined
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
    journal: Journal
    cursors: Cursors
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
    this.#journal = options.journal
    this.#cursors = options.cursors
    const { store, verifier, environment, journal, cursors } = options
    this.#comparer = new Comparer({
      store,
      journal,
      cursors,
      environment,
      send: (connection, message) => this.#mesh.sendToNeighbour(connection, 'retrieve', encodeCompare(message)),
      stream: (connection, keys, last) => this.#stream(connection, keys, last),
      newsFrom: (connection) => this.#neighbours.get(connection)?.newsCount ?? 0,
      onSettled: (connection) => this.#onSettled(connection),
      onPoisoned: ({ id, remote }) =>
        this.#mesh.report('poisoned', `The node ${id} at ${remote} has sent symbols that are of no set.`),
    })
    this.#intake = new RecordIntake({
      store,
      verifier,
      onChanges: (changes) => this.#tell(changes),
      onFull: (limit) =>
        this.#mesh.report(
          'store',
          `A record of another node was not kept, since ${limit} is met: raise it, or delete keys.`,
        ),
    })
  }

  /** Spreads a write of this node's, after the current turn, in one message with the others of the turn. */
  publish(change: Change): void {
    this.#journal.note(change.key)
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
      this.#comparer.onMessage(from, payload)
      return 'drop'
    }
    this.#comparer.onRecords(from)
    const { changes, isForged } = this.#takeIn(payload)
    this.#relayFrom(from, changes)
    return isForged ? this.#onForged(from) : 'drop'
  }

  /** A neighbour is there, or takes data again: goes on where the link was full, or begins to compare. */
  onNeighbour(connection: Connection): void {
    this.#noteContact()
    const known = this.#neighbours.get(connection)
    if (known?.missed.length) {
      known.stream = concat(known.stream, this.#messages(recordsOf(known.missed)))
      known.missed = []
    }
    if (known?.stream) this.#pump(connection, known)
    if (known?.stream) return
    if (known) return this.#comparer.compare(connection)
    this.#neighbours.set(connection, { stream: undefined, missed: [], newsCount: 0, isRelayDue: false })
    this.#comparer.onNeighbour(connection)
  }

  /** Whether a comparison with a neighbour is under way. */
  isComparing(connection: Connection): boolean {
    return this.#comparer.isComparing(connection)
  }

  /** Whether a neighbour waits for this node to answer in a comparison. */
  owes(connection: Connection): boolean {
    return this.#comparer.owes(connection)
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
    const isRelayDue = this.#neighbours.get(connection)?.isRelayDue === true
    this.#neighbours.delete(connection)
    this.#comparer.onNeighbourLost(connection)
    if (isRelayDue) this.#compareWithAllBut(connection)
    this.#tellDrained()
  }

  sweep(now: number): void {
    const changes = this.#store.releaseDue(this.#environment.now())
    this.#relay(changes, undefined)
    this.#tell(changes)
    const forgotten = this.#store.forget(this.#environment.now())
    // Who asks what has changed since then could be told of what nobody is to be told of any more.
    if (forgotten.length > 0) this.#journal.begin()
    this.#onForgotten(forgotten)
    this.#comparer.sweep(now)
    if (this.#neighbours.size > 0) this.#noteContact()
    // Not all of them at once.
    this.#compareAt ??= now + compareMs * this.#environment.random()
    if (now < this.#compareAt) return
    this.#compareAt = now + compareMs
    const connections = [...this.#neighbours.keys()]
    const chosen = connections[Math.floor(this.#environment.random() * connections.length)]
    if (chosen) this.#comparer.compare(chosen)
  }

  /** There are neighbours: if there were none for very long, what they may have deleted since must not come back. */
  #noteContact(): void {
    const sinceMs = this.#contact.note(this.#environment.now())
    if (sinceMs === undefined) return
    const changes = this.#store.discardForeign(sinceMs)
    this.#journal.begin()
    this.#cursors.clear()
    this.#onChanges(changes)
  }

  #takeIn(payload: Uint8Array): TakenIn {
    return this.#intake.takeIn(payload, this.#environment.now())
  }

  /** Something came from the network. */
  #tell(changes: readonly Change[]): void {
    for (const { key } of changes) this.#journal.note(key)
    this.#onChanges(changes)
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

  /** What came in a comparison is passed on if it is little. Else the others are compared with, when all has come. */
  #relayFrom(from: Connection, changes: readonly Change[]): void {
    const neighbour = this.#neighbours.get(from)
    if (!neighbour || changes.length === 0) return
    neighbour.newsCount += changes.length
    const isMuch = this.#comparer.isInBulk(from) || neighbour.newsCount > relayedMax
    if (isMuch) neighbour.isRelayDue = true
    else this.#relay(changes, from)
  }

  #onSettled(connection: Connection): void {
    const neighbour = this.#neighbours.get(connection)
    if (!neighbour) return
    const { isRelayDue } = neighbour
    neighbour.newsCount = 0
    neighbour.isRelayDue = false
    if (isRelayDue) this.#compareWithAllBut(connection)
  }

  #compareWithAllBut(connection: Connection): void {
    for (const other of this.#neighbours.keys()) if (other !== connection) this.#comparer.compare(other)
  }

  #stream(connection: Connection, keys: ReadonlySet<BinaryString> | 'all', last: CompareMessage): void {
    const neighbour = this.#neighbours.get(connection)
    if (!neighbour) return
    if (keys === 'all') this.#seal({ regroup: true })
    const records = keys === 'all' ? this.#store.records() : this.#recordsAt(keys)
    const messages = concat(this.#messages(records), [{ flag: 'retrieve', payload: encodeCompare(last) } as const])
    neighbour.stream = neighbour.stream ? concat(neighbour.stream, messages) : messages
    this.#pump(connection, neighbour)
  }

  *#recordsAt(keys: ReadonlySet<BinaryString>): Generator<StoreRecord, void, undefined> {
    for (const key of keys) yield* this.#store.held.toldRecordsOf(key)
  }

  *#messages(records: Iterable<StoreRecord>): Generator<Outgoing, void, undefined> {
    for (const payload of this.#packed(records)) yield { flag: 'retrieved', payload }
  }

  /** Sends records for as long as the link takes them. */
  #pump(connection: Connection, neighbour: NeighbourState): void {
    while (neighbour.stream && !connection.isCongested) {
      this.#seal()
      const next = neighbour.stream.next()
      if (next.done) neighbour.stream = undefined
      else this.#mesh.sendToNeighbour(connection, next.value.flag, next.value.payload)
    }
    this.#tellDrained()
  }

  #tellDrained(): void {
    const isDrained = [...this.#neighbours].every(([, { stream, missed }]) => !stream && missed.length === 0)
    if (isDrained) this.#onDrained?.()
  }
}

function* recordsOf(changes: readonly Change[]): Generator<StoreRecord, void, undefined> {
  for (const { records } of changes) yield* records
}

function* concat<T>(first: Iterator<T, void> | undefined, second: Iterable<T>): Generator<T, void, undefined> {
  for (let next = first?.next(); next && !next.done; next = first?.next()) yield next.value
  yield* second
}
