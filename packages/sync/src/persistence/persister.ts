import { ClosedError } from '@ts2p/base'
import type { CancelTimer, Environment } from '@ts2p/base'
import type { NodeId, OwnIdentity, JournalPosition } from '@ts2p/protocol'
import { PersistenceFailedError, PersistenceInUseError, PersistenceMismatchError } from '@ts2p/store'
import type { BinaryString, Persistence } from '@ts2p/store'
import { PersistedEntries, recordsIn } from './persisted-entries.ts'
import { FlushWaiters } from './flush-waiters.ts'
import type { Item, PreparedBatch, SavedItem } from './persisted-entries.ts'
import { ClockHighWaterMark, highWaterMark } from './clock-high-water-mark.ts'
import { PersistedPeerCache } from './persisted-peer-cache.ts'
import { encodeCursors } from './persisted-cursors.ts'
import type { PersistableReplica } from './persistable-replica.ts'
import { chooseIdentity, encodeIdentity } from './persisted-identity.ts'
import { encodeContact, readState } from './persisted-state.ts'
import type { LastContact, PersistedState, StateName } from './persisted-state.ts'
import { UnchangedState } from './unchanged-state.ts'

/** How long a change waits for others, to be written with them: milliseconds. */
const commitMs = 20
/** Most keys in one batch, so that no turn is spent on encoding for long. */
const batchKeysMax = 256
/** Most keys noted one by one before they are gathered. */
const touchedMax = 65_536
/** How many times as long as a batch took to encode the next is put off, unless somebody waits: so writing stays fast. */
const restTimes = 8
/** How often the high-water mark of timestamps is renewed, milliseconds: in half the time for which it lasts. On the disk only if some were given out. */
const reserveMs = 5000
/** How long after a failed write the next is tried, milliseconds; doubled each time, up to the second figure. */
const retryMs = { first: 500, most: 30_000 } as const

/** What was taken out of what is dirty, to be written. */
interface Taken {
  readonly keys: readonly BinaryString[]
  readonly named: ReadonlyMap<BinaryString, Uint8Array | undefined>
}

/**
 * Persists a node in a place: remembers which keys have changed, and writes them together a moment later, one batch at a time. A key that
 * changes often is written once a batch. Reading and writing the dictionary never wait for it. This module and what it imports are loaded
 * only by sockets with a `persistence`.
 */
export class Persister {
  readonly #persistence: Persistence
  readonly #environment: Environment
  readonly #report: (sentence: string) => void
  readonly #entries: PersistedEntries
  readonly #unchanged = new UnchangedState()
  readonly #highWaterMark = new ClockHighWaterMark(() => (this.#replica?.latestTimestamp ?? 0) <= this.#entries.clock)
  #replica: PersistableReplica | undefined
  /** Whether the network is saved. */
  #hasNetwork = false
  #phase: 'idle' | 'waiting' | 'writing' | 'closed' = 'closed'
  #isClosing = false
  /** Keys that have changed lately, a key as often as it has: to append is all that a write waits for. */
  #touched: BinaryString[] = []
  /** Keys that the place does not have as they are, those touched aside. */
  #dirty = new Set<BinaryString>()
  #named = new Map<BinaryString, Uint8Array | undefined>()
  #isHeadDue = false
  /** How many changes were taken to be written, ever; and how many of them are durable. */
  #taken = 0
  #durable = 0
  readonly #waiters = new FlushWaiters()
  #failures = 0
  /** The greatest timestamp when the clock was last written. */
  #latestWritten = 0
  /** How long the last batch took to encode, milliseconds. */
  #effortMs = 0
  #cancelCommit: CancelTimer | undefined
  #cancelReserve: CancelTimer | undefined

  constructor(options: { persistence: Persistence; environment: Environment; report: (sentence: string) => void }) {
    this.#persistence = options.persistence
    this.#environment = options.environment
    this.#report = options.report
    this.#entries = new PersistedEntries(options.persistence.place)
  }

  /**
   * Reads what is saved: at once all but the records, which are read as they are asked for.
   * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError} @throws {PersistenceInUseError}
   * @throws {PersistenceFailedError}
   */
  async load(): Promise<PersistedState> {
    const pieces = this.#read()
    const named = new Map<string, Uint8Array>()
    // What has a name comes before the records.
    let records: Uint8Array[] = []
    while (records.length === 0) {
      const next = await pieces.next()
      if (next.done) break
      for (const { kind, name, value } of next.value) {
        if (kind === 'named') named.set(name, Uint8Array.from(value))
        else records.push(value)
      }
    }
    this.#hasNetwork = named.has('network')
    const [{ place }, { clock }] = [this.#persistence, this.#entries]
    const saved = readState({ place, clock, named, records: recordsIn(records, pieces) })
    this.#unchanged.onLoaded(saved)
    return saved
  }

  /** Chooses the identity of the node. A new one is saved with the first batch. @throws {PersistenceMismatchError} Another was given. */
  identify({ identity: saved, place }: PersistedState, given: OwnIdentity | undefined): OwnIdentity {
    const chosen = chooseIdentity(saved, given, this.#environment)
    if (!chosen) throw new PersistenceMismatchError({ place, what: 'identity' })
    if (chosen.toSave) this.save('identity', encodeIdentity(chosen.toSave))
    return chosen.identity
  }

  /** The nodes that were known, for the mesh. */
  peerCache({ nodes }: PersistedState): PersistedPeerCache {
    return new PersistedPeerCache(nodes, (bytes) => this.save('nodes', bytes))
  }

  /** Begins to persist a node. Resolves when that is durable which must be before its first write: the clock, and what has a name. */
  async start(replica: PersistableReplica): Promise<void> {
    this.#replica = replica
    this.#phase = 'idle'
    this.#isHeadDue = true
    if (!this.#hasNetwork) this.save('network', replica.networkId)
    await this.flush()
    this.#reserve()
  }

  /** Gives the place free after one of these failed with an error. */
  async release(error: unknown): Promise<void> {
    this.#end()
    // The one who has it open may have it by the same object.
    if (!(error instanceof PersistenceInUseError) || this.#replica) await this.#persistence.close()
  }

  /** A key has changed: it is to be written. */
  markDirty(key: BinaryString): void {
    this.#unchanged.onRecords()
    if (this.#touched.push(key) >= touchedMax) this.#gather()
    if (this.#phase === 'idle') this.#commitIn(commitMs)
  }

  /** Records were dropped of keys that nobody could read before either: all keys in the place are written again, or removed. */
  markAllDirty(): void {
    for (const key of this.#entries.recordKeys()) this.#dirty.add(key)
    if (this.#phase === 'idle') this.#commitIn(commitMs)
  }

  /** Saves something else than records; undefined removes it. */
  save(name: StateName, value: Uint8Array | undefined): void {
    this.#named.set(name, value)
    if (this.#phase === 'idle') this.#commitIn(commitMs)
  }

  /** Runs an action once every timestamp that was given out is durably reserved, or could not be. Mostly that is at once. */
  whenReserved(action: () => void): void {
    this.#highWaterMark.run(action)
    if (!this.#highWaterMark.isHolding || (this.#phase !== 'idle' && this.#phase !== 'waiting')) return
    this.#cancelCommit?.()
    this.#commitIn(0)
  }

  /** Whether something waits for its high-water mark. */
  get isReserving(): boolean {
    return this.#highWaterMark.isHolding
  }

  /** Resolves when nothing waits for its high-water mark. */
  async reserved(): Promise<void> {
    while (this.#highWaterMark.isHolding) await this.flush().catch(() => this.#highWaterMark.release())
  }

  /** Saves the contact time, if it differs enough from the saved one. */
  saveContact(contact: LastContact, precisionMs: number = this.#replica?.contactPrecisionMs ?? 0): void {
    if (this.#unchanged.acceptsContact(contact, precisionMs)) this.save('contact', encodeContact(contact))
  }

  /**
   * Saves cursors as they are now, once all is durable that they say is held. A cursor that was saved before could let the node, after a crash
   * in between, never ask for what it lost.
   */
  async saveCursors(cursors: Iterable<readonly [NodeId, JournalPosition]>): Promise<void> {
    const now = [...cursors]
    if (!this.#unchanged.acceptsCursors(now)) return
    const bytes = encodeCursors(now)
    try {
      await this.flush()
      this.save('cursors', bytes.length > 0 ? bytes : undefined)
    } catch {
      this.#unchanged.dropCursors()
      // The failure has been reported, and writing is tried again. The cursors that were saved before are good.
    }
  }

  /**
   * Resolves when everything is durable that had changed before the call.
   * @throws {PersistenceFailedError} It could not be written. It is tried again, also without another call.
   * @throws {PersistenceInUseError} Another page has written there, on a platform without locks.
   * @throws {ClosedError} The persister was closed, and could not write it.
   */
  flush(): Promise<void> {
    this.#gather()
    const until = this.#taken + this.#due
    if (this.#durable >= until) return Promise.resolve()
    if (this.#phase === 'closed') return Promise.reject(new ClosedError('flush'))
    const waited = this.#waiters.wait(until)
    if (this.#phase === 'waiting' || this.#phase === 'idle') this.#commit()
    return waited
  }

  /** Writes what is left, and gives the place free. @throws {PersistenceFailedError} */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return
    this.#cancelReserve?.()
    this.#isClosing = true
    // Nothing is given out any more, so that the clock need not be kept ahead.
    this.#isHeadDue = true
    try {
      await this.flush()
    } finally {
      this.#end()
      await this.#persistence.close()
    }
  }

  /** Reads all entries, in the pieces in which the place has them. */
  async *#read(): AsyncGenerator<SavedItem[], void, undefined> {
    for await (const piece of this.#persistence.open()) yield piece.flatMap((entry) => this.#entries.read(entry) ?? [])
    this.#entries.assertComplete()
  }

  #gather(): void {
    for (const key of this.#touched) this.#dirty.add(key)
    this.#touched = []
  }

  /** How many changes wait to be taken, those touched aside. */
  get #due(): number {
    return this.#dirty.size + this.#named.size + (this.#isHeadDue ? 1 : 0)
  }

  #reserve(): void {
    this.#cancelReserve = this.#environment.setTimer(reserveMs, () => {
      if (this.#failures === 0) this.#renewClock()
      this.#reserve()
    })
  }

  /** If no timestamp was given out since the clock was written, it is renewed in memory: see `whenReserved`. */
  #renewClock(): void {
    if (this.#replica?.latestTimestamp === this.#latestWritten) return this.#replica.onReserved(this.#clockToKeep())
    this.#isHeadDue = true
    if (this.#phase === 'idle') this.#commit()
  }

  #commitIn(delayMs: number): void {
    this.#phase = 'waiting'
    this.#cancelCommit = this.#environment.setTimer(delayMs, () => this.#commit())
  }

  #commit(): void {
    this.#cancelCommit?.()
    this.#phase = 'writing'
    const startedAt = this.#environment.monotonicNow()
    this.#gather()
    const taken = this.#nextBatch()
    const batch = this.#entries.prepare(this.#itemsOf(taken), this.#clockToKeep())
    void this.#write(batch, taken, this.#replica?.latestTimestamp ?? 0)
    this.#effortMs = this.#environment.monotonicNow() - startedAt
  }

  async #write(batch: PreparedBatch, taken: Taken, latest: number): Promise<void> {
    try {
      await this.#persistence.write(batch.writes)
    } catch (error) {
      batch.fail()
      this.#onFailed(error, taken)
      return
    }
    batch.settle()
    this.#latestWritten = latest
    this.#replica?.onReserved(this.#entries.clock)
    this.#highWaterMark.onDurable()
    this.#onWritten()
  }

  #nextBatch(): Taken {
    const keys: BinaryString[] = []
    for (const key of this.#dirty) {
      if (keys.length >= batchKeysMax) break
      keys.push(key)
      this.#dirty.delete(key)
    }
    const named = this.#named
    this.#taken += keys.length + named.size + (this.#isHeadDue ? 1 : 0)
    this.#named = new Map()
    this.#isHeadDue = false
    return { keys, named }
  }

  #itemsOf({ keys, named }: Taken): Item[] {
    return [
      ...Array.from(named, ([name, value]): Item => ({ kind: 'named', name, value })),
      ...keys.map((name): Item => ({ kind: 'records', name, value: this.#replica?.encodedRecords(name) })),
    ]
  }

  #clockToKeep(): number {
    const clock = this.#replica?.latestTimestamp ?? 0
    if (this.#isClosing) return clock
    return highWaterMark({ nowMs: this.#environment.now(), clock, before: this.#entries.clock })
  }

  #onWritten(): void {
    this.#durable = this.#taken
    if (this.#failures > 0) this.#report(`What was set is kept in ${this.#persistence.place} again.`)
    this.#failures = 0
    this.#waiters.onDurable(this.#durable)
    if (this.#phase !== 'writing') return
    this.#phase = 'idle'
    if (this.#due === 0 && this.#touched.length === 0) return
    if (!this.#waiters.isEmpty || this.#highWaterMark.isHolding) this.#commit()
    else this.#commitIn(Math.max(this.#dirty.size >= batchKeysMax ? 0 : commitMs, this.#effortMs * restTimes))
  }

  #onFailed(cause: unknown, { keys, named }: Taken): void {
    const { place } = this.#persistence
    const error =
      cause instanceof PersistenceFailedError || cause instanceof PersistenceInUseError
        ? cause
        : new PersistenceFailedError({ place, action: 'write' }, { cause })
    // All of it is due again. What has changed meanwhile is newer than what was taken.
    this.#taken = this.#durable
    this.#dirty = new Set([...keys, ...this.#dirty])
    this.#named = new Map([...named, ...this.#named])
    this.#isHeadDue = true
    this.#report(error.message)
    this.#highWaterMark.release()
    this.#waiters.reject(error)
    if (this.#phase !== 'writing') return
    this.#commitIn(Math.min(retryMs.first * 2 ** this.#failures, retryMs.most))
    this.#failures += 1
  }

  #end(): void {
    this.#phase = 'closed'
    this.#waiters.reject(new ClosedError('flush'))
    this.#cancelCommit?.()
    this.#cancelReserve?.()
  }
}
