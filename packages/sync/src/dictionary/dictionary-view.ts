import { checkKnown, PublicEmitter } from '@ts2p/base'
import type { Failure } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { LeasePolicies } from '@ts2p/store'
import type { BinaryString, Change, Store } from '@ts2p/store'
import { ChangeEmitter } from './change-emitter.ts'
import { formatToken } from './fencing-token.ts'
import type { Contest } from '../clocks/early-record-reports.ts'
import type { KeyValueCodec } from './key-value-codec.ts'
import type { Input } from './encodings.ts'
import { ReadableEntries } from './readable-entries.ts'
import { ReadCache } from './read-cache.ts'
import type { LeaseTerms } from '../network-lease-terms.ts'
import type { DictionaryChange, LeaseInfo, SyncSocketEvents } from '../sync-options.ts'
import type { WatchOptions } from './watch.ts'

/** What a dictionary is made of. */
export interface DictionaryParts<K, V> {
  readonly codec: KeyValueCodec<K, V>
  readonly terms: LeaseTerms
  /** Records an issue. */
  readonly report: (code: string, message: string, failure?: Failure) => void
}

/** Which keys are read. */
export interface RangeOptions {
  /** Of the bytes of the keys; text stands for its UTF-8 bytes. Default '': all keys. */
  readonly prefix?: string | Uint8Array
}

/** A dictionary over a store: how it is read, and how it tells of changes. */
export abstract class DictionaryView<K, V> extends PublicEmitter<SyncSocketEvents<K, V>> {
  protected readonly codec: KeyValueCodec<K, V>
  readonly #policies: LeasePolicies
  readonly #lastRead = new ReadCache<V>()
  readonly #changeEmitter: ChangeEmitter<K, V>
  readonly #readable: ReadableEntries<K, V>

  constructor(options: DictionaryParts<K, V>) {
    super((error) =>
      options.report('listener-failed', `A listener of the application failed: ${String(error)}`, { error }),
    )
    this.codec = options.codec
    this.#policies = new LeasePolicies(options.terms)
    this.#readable = new ReadableEntries({
      ...{ codec: options.codec, report: options.report },
      store: () => this.store,
    })
    this.#changeEmitter = new ChangeEmitter({
      codec: options.codec,
      store: () => this.store,
      emit: (event, ...values) => this.emitIsolated(event, ...values),
      hasListeners: (event) => this.listenerCount(event) > 0,
      report: options.report,
    })
  }

  protected abstract get store(): Store

  /** Wall clock, milliseconds since 1970, UTC. */
  protected abstract now(): number

  /** @throws {ClosedError} */
  protected abstract assertOpen(action: string): void

  /**
   * The value of a key; `fallback` (default undefined) if there is none. The empty value is a value. Bytes are a copy
   * that later calls return again until the value changes: what is done to it stays here.
   * @throws {DecodingError} The value is not in this socket's encoding. It can be overwritten and deleted all the same.
   */
  get(key: Input<K>): V | undefined
  get<F>(key: Input<K>, fallback: F): V | F
  get<F>(key: Input<K>, fallback?: F): V | F | undefined {
    const known = typeof key === 'string' ? this.#lastRead.get(key) : undefined
    if (known !== undefined) return known
    const name = this.codec.encodeKey(key)
    const value = this.codec.valueIn(this.store, name)
    if (value === undefined) return fallback
    // Only strings that are their own names: another string may spell the same key in another way.
    if (name === key && this.codec.mayShareValues) this.#lastRead.put(name, value)
    return value
  }

  /** Whether a key has a value. */
  has(key: Input<K>): boolean {
    return this.store.has(this.codec.encodeKey(key))
  }

  /** How many keys have a value, with those that this socket cannot read. */
  get size(): number {
    return this.store.size
  }

  /** Whether there was room for all records of other nodes (see `storeLimits`); else this node lacks a part of the dictionary. */
  get isComplete(): boolean {
    return !this.store.isFull
  }

  /**
   * The keys, in the order in which they got a value here. A key that cannot be read is left out, and is an issue with the code
   * 'undecodable'. A key whose value cannot be read is among them.
   * @throws {ArgumentError} The prefix is neither text nor bytes.
   */
  keys(options: RangeOptions = {}): Generator<K, void, undefined> {
    return this.#readable.keys(this.#prefixOf(options))
  }

  /** The values, in the order of the keys, as far as `entries` has them. @throws {ArgumentError} */
  values(options: RangeOptions = {}): Generator<V, void, undefined> {
    return valuesOf(this.entries(options))
  }

  /**
   * Keys with their values. An entry of which key or value cannot be read is left out, and is an issue with the code 'undecodable', whose
   * count grows at each reading. Looks through all keys.
   * @throws {ArgumentError} The prefix is neither text nor bytes.
   */
  entries(options: RangeOptions = {}): Generator<[K, V], void, undefined> {
    return this.#readable.entries(this.#prefixOf(options))
  }

  /** `entries` by its Python name, of all keys. */
  items(): Generator<[K, V], void, undefined> {
    return this.entries()
  }

  /** As `entries`, so that the dictionary can be read like a Map. */
  [Symbol.iterator](): Generator<[K, V], void, undefined> {
    return this.entries()
  }

  /** Calls a function for each entry that `entries` has, like that of a Map. */
  forEach(callback: (value: V, key: K, dictionary: this) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }

  /** What `entries` has now, as a Map. A key that is bytes is another object each time: look it up here, not in the copy. */
  copy(): Map<K, V> {
    return new Map(this.entries())
  }

  /** Whether what is written under a key takes its lease: see `leasing` and `policies`. @throws {ArgumentError} */
  isLeased(key: Input<K>): boolean {
    return this.isLeasedName(this.codec.encodeKey(key))
  }

  /** The fencing token of the latest write of a key that this node knows, for `ifToken`; undefined if the key has no value. */
  token(key: Input<K>): string | undefined {
    return this.tokenOf(this.codec.encodeKey(key))
  }

  protected tokenOf(key: BinaryString): string | undefined {
    const written = this.store.meta(key)
    return written && formatToken(written)
  }

  /** Who holds a key now; undefined if nobody does, its lease has run out, or there are no leases. */
  lease(key: Input<K>): LeaseInfo | undefined {
    const lease = this.store.lease(this.codec.encodeKey(key))
    if (!lease || lease.expiresAt <= this.now()) return undefined
    const { owner, token, ...rest } = lease
    return { owner: owner as NodeId, isOurs: owner === this.store.id, token: formatToken(token), ...rest }
  }

  /**
   * The changes of the keys that begin with a prefix, from now on: `for await (const change of socket.watch('job/'))`.
   * Ends with the socket, by `break`, or by `signal`, which drops the changes that wait. A slow reader gets the last change of each key, with the value before the first as `previous`.
   * @param prefix of the key's bytes; '' for all keys
   */
  watch(prefix: string | Uint8Array = '', options: WatchOptions = {}): AsyncIterableIterator<DictionaryChange<K, V>> {
    this.assertOpen('watch')
    checkKnown('options', options, ['initial', 'signal'])
    return this.#changeEmitter.watch(prefix, options)
  }

  /** Tells of what has changed in the store. */
  protected announce(changes: readonly Change[]): void {
    for (const { key } of changes) this.#lastRead.drop(key)
    this.#changeEmitter.announce(changes)
  }

  /** Tells of the leases of this node that have run out. */
  protected announceExpired(): void {
    this.#changeEmitter.announceExpired(this.store.expiredLeases(this.now()))
  }

  /** Tells of what this node has written, and a neighbor has no room for. */
  protected announceRefused(keys: readonly BinaryString[], by: NodeId): void {
    this.#changeEmitter.announceRefused(keys, by)
  }

  /** Tells that another node seems to hold a lease of this node. */
  protected announceContest(contest: Contest): void {
    this.#changeEmitter.announceContest(contest)
  }

  protected endWatches(): void {
    this.#changeEmitter.endWatches()
  }

  /** @throws {ArgumentError} */
  #prefixOf(options: RangeOptions): BinaryString {
    checkKnown('options', options, ['prefix'])
    return this.codec.encodePrefix(options.prefix ?? '')
  }

  protected isLeasedName(key: BinaryString): boolean {
    return this.#policies.isLeased(key)
  }

  /** The entry that got a value last, of those that can be read. Looks through all keys. */
  protected lastReadable(): ReturnType<ReadableEntries<K, V>['last']> {
    return this.#readable.last()
  }
}

function* valuesOf<V>(entries: Iterable<readonly [unknown, V]>): Generator<V, void, undefined> {
  for (const [, value] of entries) yield value
}
