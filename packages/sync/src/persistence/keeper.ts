import type { CancelTimer, Environment } from '@ts2p/base'
import { PersistenceFailedError, PersistenceInUseError } from '@ts2p/store'
import type { BinaryString, Persistence } from '@ts2p/store'
import { KeptEntries } from './kept-entries.ts'
import type { Item, PreparedBatch } from './kept-entries.ts'
import { reservedClock } from './reservation.ts'

/** How long a change waits for others, to be written with them: milliseconds. */
const commitMs = 20
/** Most keys in one batch, so that no turn is spent on encoding for long. */
const batchKeysMax = 256
/** Most keys noted one by one before they are gathered. */
const touchedMax = 65_536
/** How many times as long as a batch took to encode the next is put off, unless somebody waits: so writing stays fast. */
const restTimes = 8
/** How often the reservation of stamps is renewed, milliseconds: in half the time for which it lasts. */
const reserveMs = 5000
/** How long after a failed write the next is tried, milliseconds; doubled each time, up to the second figure. */
const retryMs = { first: 500, most: 30_000 } as const

/** What a keeper asks of the dictionary that it keeps. */
export interface KeptDictionary {
  /** The records of a key, encoded; undefined when there are none. */
  readonly encoded: (key: BinaryString) => Uint8Array | undefined
  /** The greatest stamp in use. */
  readonly clock: () => number
}

/** What was taken out of what is dirty, to be written. */
interface Taken {
  readonly keys: readonly BinaryString[]
  readonly named: ReadonlyMap<BinaryString, Uint8Array | undefined>
}

interface Waiter {
  readonly until: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Keeps a dictionary in a place: notes which keys have changed, and writes them together a moment later, one batch at a
 * time. A key that changes often is written once a batch. Reading and writing the dictionary never wait for it.
 */
export class Keeper {
  readonly #persistence: Persistence
  readonly #environment: Environment
  readonly #report: (sentence: string) => void
  readonly #entries: KeptEntries
  #dictionary: KeptDictionary | undefined
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
  #waiters: Waiter[] = []
  #failures = 0
  /** How long the last batch took to encode, milliseconds. */
  #effortMs = 0
  #cancelCommit: CancelTimer | undefined
  #cancelReserve: CancelTimer | undefined

  constructor(options: { persistence: Persistence; environment: Environment; report: (sentence: string) => void }) {
    this.#persistence = options.persistence
    this.#environment = options.environment
    this.#report = options.report
    this.#entries = new KeptEntries(options.persistence.place)
  }

  /** The place's name, for messages. */
  get place(): string {
    return this.#persistence.place
  }

  /** Every stamp that was given out in an earlier life is smaller or the same. */
  get clock(): number {
    return this.#entries.clock
  }

  /**
   * Reads what is kept. When it throws, the place is closed again.
   * @param begin is given what is kept under names, and returns what takes the encoded records, one key's after another's
   * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError} @throws {PersistenceInUseError}
   * @throws {PersistenceFailedError}
   */
  async load(begin: (named: ReadonlyMap<string, Uint8Array>) => (records: Uint8Array) => void): Promise<void> {
    try {
      const named = new Map<string, Uint8Array>()
      let restore: ((records: Uint8Array) => void) | undefined
      for await (const piece of this.#persistence.open()) {
        for (const entry of piece) {
          const item = this.#entries.read(entry)
          if (item?.value === undefined) continue
          if (item.kind === 'named') named.set(item.name, Uint8Array.from(item.value))
          else {
            restore ??= begin(named)
            restore(item.value)
          }
        }
      }
      this.#entries.assertComplete()
      if (!restore) begin(named)
    } catch (error) {
      // The one who has it open may have it by the same object.
      if (!(error instanceof PersistenceInUseError)) await this.#persistence.close()
      throw error
    }
  }

  /** Begins to keep. Resolves when that is durable which must be before the first write: the clock, and what is named. */
  async start(dictionary: KeptDictionary): Promise<void> {
    this.#dictionary = dictionary
    this.#phase = 'idle'
    this.#isHeadDue = true
    try {
      await this.flush()
    } catch (error) {
      this.#end()
      await this.#persistence.close()
      throw error
    }
    this.#reserve()
  }

  /** A key has changed. */
  touch(key: BinaryString): void {
    if (this.#touched.push(key) >= touchedMax) this.#gather()
    if (this.#phase === 'idle') this.#commitIn(commitMs)
  }

  /** Keeps something else than the dictionary, under a name in ASCII; undefined: no longer. */
  keep(name: string, value: Uint8Array | undefined): void {
    this.#named.set(name, value)
    if (this.#phase === 'idle') this.#commitIn(commitMs)
  }

  /**
   * Resolves when everything is durable that had changed before the call.
   * @throws {PersistenceFailedError} It could not be written. It is tried again, also without another call.
   */
  flush(): Promise<void> {
    this.#gather()
    const until = this.#taken + this.#due
    if (this.#durable >= until) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until, resolve, reject })
      if (this.#phase === 'waiting' || this.#phase === 'idle') this.#commit()
    })
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
      this.#isHeadDue = true
      if (this.#phase === 'idle') this.#commit()
      this.#reserve()
    })
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
    const taken = this.#take()
    const batch = this.#entries.prepare(this.#itemsOf(taken), this.#clockToKeep())
    void this.#write(batch, taken)
    this.#effortMs = this.#environment.monotonicNow() - startedAt
  }

  async #write(batch: PreparedBatch, taken: Taken): Promise<void> {
    try {
      await this.#persistence.write(batch.writes)
    } catch (error) {
      this.#onFailed(error, taken)
      return
    }
    batch.settle()
    this.#onWritten()
  }

  #take(): Taken {
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
      ...keys.map((name): Item => ({ kind: 'records', name, value: this.#dictionary?.encoded(name) })),
    ]
  }

  #clockToKeep(): number {
    const clock = this.#dictionary?.clock() ?? 0
    if (this.#isClosing) return clock
    return reservedClock({ nowMs: this.#environment.now(), clock, before: this.#entries.clock })
  }

  #onWritten(): void {
    this.#durable = this.#taken
    if (this.#failures > 0) this.#report(`What was set is kept in ${this.#persistence.place} again.`)
    this.#failures = 0
    const isDone = ({ until }: Waiter): boolean => until <= this.#durable
    const done = this.#waiters.filter(isDone)
    this.#waiters = this.#waiters.filter((waiter) => !isDone(waiter))
    for (const { resolve } of done) resolve()
    if (this.#phase !== 'writing') return
    this.#phase = 'idle'
    if (this.#due === 0 && this.#touched.length === 0) return
    if (this.#waiters.length > 0) this.#commit()
    else this.#commitIn(Math.max(this.#dirty.size >= batchKeysMax ? 0 : commitMs, this.#effortMs * restTimes))
  }

  #onFailed(cause: unknown, { keys, named }: Taken): void {
    const { place } = this.#persistence
    const error =
      cause instanceof PersistenceFailedError
        ? cause
        : new PersistenceFailedError({ place, action: 'write' }, { cause })
    // All of it is due again. What has changed meanwhile is newer than what was taken.
    this.#taken = this.#durable
    this.#dirty = new Set([...keys, ...this.#dirty])
    this.#named = new Map([...named, ...this.#named])
    this.#isHeadDue = true
    this.#report(error.message)
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
    if (this.#phase !== 'writing') return
    this.#commitIn(Math.min(retryMs.first * 2 ** this.#failures, retryMs.most))
    this.#failures += 1
  }

  #end(): void {
    this.#phase = 'closed'
    this.#cancelCommit?.()
    this.#cancelReserve?.()
  }
}
