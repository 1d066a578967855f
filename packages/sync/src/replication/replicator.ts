import type { Connection, Environment } from '@ts2p/base'
import type { BroadcastArrival, MessageProof, Verdict } from '@ts2p/mesh'
import { encodeReconciliation } from '@ts2p/protocol'
import type { Limits, JournalPosition } from '@ts2p/protocol'
import type { BinaryString, Change, Store, StoreRecord } from '@ts2p/store'
import { AntiEntropyScheduler } from '../anti-entropy/anti-entropy-scheduler.ts'
import type { PartitionDetector } from '../anti-entropy/partition-detector.ts'
import type { Cursors } from '../anti-entropy/cursors.ts'
import type { EarlyRecord } from '../clocks/early-record-reports.ts'
import type { Journal } from './journal.ts'
import { LinkStreams } from './link-streams.ts'
import { RecordApplier } from './record-applier.ts'
import type { AppliedRecords } from './record-applier.ts'
import { MissedWrites } from './missed-writes.ts'
import { RecordMessageBuilder } from './record-message-builder.ts'
import type { RecordPayload } from './record-payload.ts'
import { Refusals } from './refusals.ts'
import { Forwarder } from './forwarder.ts'
import { recordsToBroadcast } from './valueless-renewals.ts'
import { ReplicationIssues } from './replication-issues.ts'
import { MisbehaviorScore } from './misbehavior-score.ts'
import type { SendToNeighbor } from '../sync-channel.ts'
import type { Verifier } from './verifier.ts'

/** How often the node reconciles with a random neighbor, milliseconds. */
const reconcileMs = 30_000
/** Of the reconciliations that are due with a neighbor whose clock is too far apart, this share is made: one in 10 minutes. */
const apartShare = reconcileMs / 600_000
/** No honest node drops deletions so late, milliseconds ago: it is not believed. */
const tooLateMs = 300_000

/** Replicates the store: broadcasts what is written here, applies what comes, and reconciles with neighbors. */
export class Replicator {
  readonly #store: Store
  readonly #networkId: Uint8Array
  readonly #broadcast: (payload: RecordPayload) => void
  readonly #environment: Environment
  readonly #onForgotten: (keys: readonly BinaryString[]) => void
  readonly #onDropped: () => void
  readonly #onChanges: (changes: readonly Change[]) => void
  readonly #contact: PartitionDetector
  readonly #dispatcher: RecordApplier
  readonly #antiEntropy: AntiEntropyScheduler
  readonly #streams: LinkStreams
  readonly #forwarder: Forwarder
  readonly #journal: Journal
  readonly #cursors: Cursors
  readonly #messages: RecordMessageBuilder
  readonly #misbehavior: MisbehaviorScore
  readonly #refusals: Refusals
  readonly #neighbors = new Set<Connection>()
  readonly #issues: ReplicationIssues
  readonly #isClockApart: (connection: Connection) => boolean
  readonly #onEarly: (records: readonly EarlyRecord[]) => void
  #outbox: Change[] = []
  /** Before the changes in the outbox. */
  #outboxFrom: JournalPosition
  readonly #missed: MissedWrites
  #reconcileAt: number | undefined
  /** Each ends one `drain()`. */
  readonly #drains = new Set<(isDrained: boolean) => void>()

  /**
   * @param options.owner this node's public key
   * @param options.networkId the hash of the subnet, 32 bytes
   * @param options.verifier undefined where records are not signed
   * @param options.sign signs what this node has written since it was last called
   * @param options.isClockApart whether the clocks of the two nodes differ so much that one refuses what the other writes
   * @param options.onEarly hears of records that do not count yet, since they are dated ahead of the clock here
   * @param options.contact tells when the store must join cold, because it was without neighbors for too long
   * @param options.onForgotten hears of deleted keys of which nothing is left
   * @param options.onDropped hears that the store dropped what is not its own, before `onChanges` hears what a reader sees of that
   * @param options.onChanges hears of what came from the network, once the store is up to date
   */
  constructor(options: {
    owner: Uint8Array
    networkId: Uint8Array
    store: Store
    broadcast: (payload: RecordPayload) => void
    send: SendToNeighbor
    report: (code: string, message: string) => void
    limits: Limits
    environment: Environment
    contact: PartitionDetector
    journal: Journal
    cursors: Cursors
    verifier: Verifier | undefined
    driftMsRefused: number
    isClockApart: (connection: Connection) => boolean
    onEarly: (records: readonly EarlyRecord[]) => void
    sign: (options?: { readonly regroup: boolean }) => void
    onForgotten: (keys: readonly BinaryString[]) => void
    onDropped: () => void
    onChanges: (changes: readonly Change[]) => void
  }) {
    this.#store = options.store
    this.#networkId = options.networkId
    this.#broadcast = options.broadcast
    this.#environment = options.environment
    this.#onForgotten = options.onForgotten
    this.#onDropped = options.onDropped
    this.#onChanges = options.onChanges
    this.#contact = options.contact
    this.#issues = new ReplicationIssues(options.report)
    this.#isClockApart = options.isClockApart
    this.#onEarly = options.onEarly
    this.#messages = new RecordMessageBuilder({
      ...{ store: options.store, isSigned: options.verifier !== undefined, sign: options.sign },
      limits: options.limits,
    })
    this.#misbehavior = new MisbehaviorScore(options.limits.forgeriesMax)
    this.#refusals = new Refusals({ ...{ send: options.send, store: options.store, networkId: options.networkId } })
    this.#journal = options.journal
    this.#outboxFrom = options.journal.position
    this.#cursors = options.cursors
    const { owner, store, verifier, environment, journal, cursors, send } = options
    this.#missed = new MissedWrites({ owner, store, journal })
    this.#streams = new LinkStreams({
      send: (connection, { kind, payload }) => send(connection, kind, payload),
      onDrained: () => this.#emitIfDrained(),
    })
    this.#forwarder = new Forwarder({
      send: (records, to) => {
        for (const payload of this.#messages.payloads(records)) {
          for (const connection of to) send(connection, 'records', payload)
        }
      },
    })
    this.#antiEntropy = new AntiEntropyScheduler({
      ...{ store, journal, cursors, environment },
      handler: {
        send: (connection, message) => send(connection, 'reconciliation', encodeReconciliation(message)),
        stream: (connection, keys, last) => this.#streams.append(connection, this.#messages.streamOf(keys, last)),
        onCompleteSince: (_, second) => this.#onCompleteSince(second),
        onFull: (connection) => this.#issues.neighborFull(connection),
        onSettled: (connection) => {
          this.#contact.onCopied()
          return this.#forwarder.onSettled(connection)
        },
        onInvalidSymbols: (connection) => this.#issues.invalidSymbols(connection),
        onCutoffTooFarAhead: (connection, seconds) => this.#issues.cutoffTooFarAhead(connection, seconds),
      },
    })
    const { driftMsRefused } = options
    this.#dispatcher = new RecordApplier({ store, networkId: options.networkId, driftMsRefused, verifier })
  }

  /** Spreads a write of this node's, after the current turn, in one message with the others of the turn. */
  publish(change: Change): void {
    if (this.#outbox.length === 0) this.#outboxFrom = this.#journal.position
    this.#journal.append(change.key)
    // A neighbor that links later reconciles, and finds it.
    if (this.#neighbors.size === 0) return
    if (this.#outbox.length === 0) this.#environment.defer(() => this.flush())
    this.#outbox.push(change)
  }

  /** Spreads what is waiting to be spread. */
  flush(): void {
    const changes = this.#outbox
    this.#outbox = []
    for (const payload of this.#messages.broadcasts(recordsToBroadcast(changes, this.#networkId)))
      this.#broadcast(payload)
    if (changes.length > 0) this.#missed.record(this.#neighbors, this.#outboxFrom)
  }

  /** Records that a node has spread to all. */
  onStore(payload: Uint8Array, { from, proof }: BroadcastArrival): Verdict {
    const taken = this.#apply(from, payload, { isForwarded: true, proof })
    if (!taken.isForged) return taken.isNews ? 'accept' : 'ignore'
    this.#forwarder.forward(taken.changes, from)
    return this.#onForged(from)
  }

  /** A message of a reconciliation. @throws {ProtocolError} */
  onCompare(from: Connection, payload: Uint8Array): void {
    this.#antiEntropy.onMessage(from, payload)
  }

  /** Records that a neighbor has sent to this node. @throws {ProtocolError} */
  onRecords(from: Connection, payload: Uint8Array): Verdict {
    this.#antiEntropy.onRecords(from)
    const { changes, putAside, isForged } = this.#apply(from, payload, { isForwarded: false })
    // A node that has put it aside, too, does not pass it on again.
    this.#forwarder.forwardEarly(putAside, from)
    this.#antiEntropy.onNews(from, changes.length)
    this.#forwarder.onNews(from, changes, this.#antiEntropy.isInBulk(from))
    return isForged ? this.#onForged(from) : 'ignore'
  }

  /** A neighbor had no room for some of this node's records. @returns their keys @throws {ProtocolError} */
  onRefused(from: Connection, payload: Uint8Array): readonly BinaryString[] {
    const keys = this.#refusals.read(payload)
    if (keys.length > 0) this.#issues.writeRefused(from, keys.length)
    return keys
  }

  /** A neighbor is there, or takes data again: goes on where the link was full, or begins to reconcile. */
  onNeighbor(connection: Connection): void {
    if (!this.#neighbors.has(connection)) {
      if (this.#neighbors.size === 0) this.#onContact(connection)
      this.#neighbors.add(connection)
      this.#forwarder.onNeighbor(connection)
      return this.#antiEntropy.onNeighbor(connection)
    }
    this.#streams.resume(connection)
    if (this.#streams.isWaiting(connection)) return
    const missed = this.#missed.drain(connection)
    if (missed) this.#streams.append(connection, this.#messages.stream(this.#recordsMissed(connection, missed)))
    if (!this.#streams.isWaiting(connection)) this.#antiEntropy.reconcile(connection)
  }

  /** Whether a reconciliation with a neighbor is under way. */
  isComparing(connection: Connection): boolean {
    return this.#antiEntropy.isReconciling(connection)
  }

  /** Whether a neighbor waits for this node to answer in a reconciliation. */
  owes(connection: Connection): boolean {
    return this.#antiEntropy.owes(connection)
  }

  /**
   * Spreads what is waiting to be spread. Resolves with true once the links have taken all of it, or with false after
   * `withinMs` milliseconds.
   */
  drain(withinMs: number): Promise<boolean> {
    this.flush()
    return new Promise((resolve) => {
      const end = (isDrained: boolean): void => {
        cancel()
        this.#drains.delete(end)
        resolve(isDrained)
      }
      const cancel = this.#environment.setTimer(withinMs, () => end(false))
      this.#drains.add(end)
      this.#emitIfDrained()
    })
  }

  onNeighborLost(connection: Connection): void {
    this.#neighbors.delete(connection)
    if (this.#neighbors.size === 0) this.#contact.end()
    this.#missed.delete(connection)
    this.#antiEntropy.onNeighborLost(connection)
    for (const next of this.#forwarder.onNeighborLost(connection)) this.#antiEntropy.reconcile(next)
    this.#streams.delete(connection)
  }

  maintain(now: number): void {
    const changes = this.#store.releaseDue(this.#environment.now())
    this.#forwarder.forward(changes)
    this.#emit(changes)
    const forgotten = this.#store.collectTombstones(this.#environment.now())
    // In a new journal nobody can ask for changes of keys of which nothing is left.
    if (forgotten.length > 0) this.#journal.begin()
    this.#onForgotten(forgotten)
    this.#antiEntropy.runDue(now)
    this.#contact.recordContact(this.#environment.now(), now)
    // A random start, so that the nodes do not all reconcile at once.
    this.#reconcileAt ??= now + reconcileMs * this.#environment.random()
    if (now < this.#reconcileAt) return
    this.#reconcileAt = now + reconcileMs
    const connections = [...this.#neighbors]
    const chosen = connections[Math.floor(this.#environment.random() * connections.length)]
    if (chosen && this.#isWorthReconciling(chosen)) this.#antiEntropy.reconcile(chosen)
  }

  /** If one node refuses the other's records, each reconciliation finds the same difference again. */
  #isWorthReconciling(connection: Connection): boolean {
    return !this.#isClockApart(connection) || this.#environment.random() < apartShare
  }

  /** There is a neighbor: if there was none for very long, what the others may have deleted since must not come back. */
  #onContact({ clock }: Connection): void {
    const now = this.#environment.now()
    const neighborMs = clock.current ? clock.current.aheadMs + this.#environment.monotonicNow() : now
    const sinceMs = this.#contact.begin(now, neighborMs)
    if (sinceMs !== undefined) this.#joinCold(sinceMs)
  }

  /** A neighbor knows no deletions of before. @returns whether this node has joined cold, since it was alone at that time */
  #onCompleteSince(second: number): boolean {
    if (second * 1000 > this.#environment.now() - tooLateMs) return false
    const sinceMs = this.#contact.missed(second * 1000)
    if (sinceMs !== undefined) this.#joinCold(sinceMs)
    if (this.#contact.isResyncing) this.#store.missesDeletionsBefore(second)
    return sinceMs !== undefined
  }

  #joinCold(sinceMs: number): void {
    const changes = this.#store.dropRemoteState(sinceMs)
    this.#journal.begin()
    this.#cursors.clear()
    this.#onDropped()
    this.#onChanges(changes)
  }

  /** @throws {ProtocolError} No honest node sends this. */
  #apply(
    from: Connection,
    payload: Uint8Array,
    options: { readonly isForwarded: boolean; readonly proof?: MessageProof | undefined },
  ): AppliedRecords {
    const skipsTooFarAhead = this.#issues.hasReportedTooFarAhead(from)
    const taken = this.#dispatcher.apply(payload, this.#environment.now(), { ...options, skipsTooFarAhead })
    const refused = taken.early.findLast(({ isRefused }) => isRefused)
    if (refused) this.#issues.tooFarAhead(from, refused)
    this.#onEarly(taken.early)
    if (taken.limitMet !== undefined) this.#issues.storeFull(taken.limitMet)
    this.#refusals.send(taken.refused, this.#neighbors)
    this.#emit(taken.changes)
    if (taken.error) throw taken.error
    // This node lacks the value of what was renewed: a neighbor may have it.
    if (taken.isIncomplete) this.#antiEntropy.fetch(from)
    return taken
  }

  /** Something came from the network. */
  #emit(changes: readonly Change[]): void {
    for (const { key } of changes) this.#journal.append(key)
    this.#onChanges(changes)
  }

  /** Every node verifies before it passes on, so it is this neighbor that forges, or its memory or line is broken. */
  #onForged(from: Connection): Verdict {
    this.#issues.forged(from)
    return this.#misbehavior.addStrike(from.id) ? 'ban' : 'ignore'
  }

  /** Records that a neighbor has missed. If some are not known anymore, the two reconcile. */
  *#recordsMissed(
    connection: Connection,
    records: Generator<StoreRecord, boolean, undefined>,
  ): Generator<StoreRecord, void, undefined> {
    const isWhole = yield* records
    if (!isWhole) this.#antiEntropy.reconcile(connection)
  }

  #emitIfDrained(): void {
    if (!this.#streams.isDrained || !this.#missed.isEmpty) return
    for (const end of this.#drains) end(true)
  }
}
