import { checkObject, PublicEmitter } from '@ts2p/base'
import type { Failure } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { OwnedKeyError } from '@ts2p/store'
import type { BinaryString, Change, Store } from '@ts2p/store'
import { Announcer, tokenText } from './announcer.ts'
import type { Contest } from '../clocks/early-records.ts'
import type { Codec } from './codec.ts'
import type { Input } from './encoding.ts'
import { pairsOf } from './entries.ts'
import type { Entries } from './entries.ts'
import { KeyNotFoundError } from '../errors.ts'
import { ReadableEntries } from './readable-entries.ts'
import { ReadCache } from './read-cache.ts'
import type { LeaseTerms } from '../sync-channel.ts'
import { checkWrite } from '../sync-options.ts'
import type { LeaseInfo, SyncSocketEvents, WriteOptions } from '../sync-options.ts'
import type { WatchEvent, WatchOptions } from './watch.ts'

/** What a dictionary does, over a store: knows no network. What is written is handed to `spread`. */
export abstract class Dictionary<K, V> extends PublicEmitter<SyncSocketEvents<K, V>> {
  protected readonly codec: Codec<K, V>
  readonly #terms: LeaseTerms
  readonly #lastRead = new ReadCache<V>()
  readonly #announcer: Announcer<K, V>
  readonly #readable: ReadableEntries<K, V>

  constructor(options: {
    codec: Codec<K, V>
    terms: LeaseTerms
    report: (code: string, message: string, failure?: Failure) => void
  }) {
    super((error) =>
      options.report('listener-failed', `A listener of the application failed: ${String(error)}`, { error }),
    )
    this.codec = options.codec
    this.#readable = new ReadableEntries({
      ...{ codec: options.codec, report: options.report },
      store: () => this.store,
    })
    this.#terms = options.terms
    this.#announcer = new Announcer({
      codec: options.codec,
      store: () => this.store,
      tell: (event, ...values) => this.tell(event, ...values),
      hasListeners: (event) => this.listenerCount(event) > 0,
      report: options.report,
    })
  }

  protected abstract get store(): Store

  /** Wall clock, milliseconds since 1970, UTC. */
  protected abstract now(): number

  /** Sends what a write has changed to the other nodes. */
  protected abstract spread(change: Change): void

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
   * Sets a value, and takes or renews the lease of its key. The latest write decides how long the lease is.
   * @throws {LeaseHeldError} Another node holds the key: it says which and until when.
   * @throws {OwnedKeyError} The key is another node's own, `~<its id>/…`.
   * @throws {ClockSkewError} This node's clock is too wrong to judge leases by.
   * @throws {KeyTooLargeError} @throws {InvalidKeyError} @throws {ValueTooLargeError} @throws {StoreFullError}
   * @throws {ArgumentError} The encoding does not take the key or the value. @throws {ClosedError}
   */
  set(key: Input<K>, value: Input<V>, options: WriteOptions = {}): this {
    this.assertOpen('set')
    const length = checkWrite(options, this.#terms)
    this.publish([this.store.set(this.codec.encodeKey(key), this.codec.encodeValue(value), this.now(), length)])
    return this
  }

  /**
   * Renews this node's lease of a key, by its length. The value stays, and there is no event.
   * @returns whether this node had the lease @throws {ClosedError}
   */
  renew(key: Input<K>): boolean {
    this.assertOpen('renew')
    return this.#publishIf(this.store.renew(this.codec.encodeKey(key), this.now()))
  }

  /**
   * Ends this node's lease of a key. The value stays, and any node may write it.
   * @returns whether this node had the lease @throws {ClosedError}
   */
  release(key: Input<K>): boolean {
    this.assertOpen('release')
    return this.#publishIf(this.store.release(this.codec.encodeKey(key), this.now()))
  }

  /**
   * Deletes a key and gives up its lease.
   * @returns whether there was a value
   * @throws {LeaseHeldError} Another node holds the key. @throws {ClosedError}
   * @throws {OwnedKeyError} The key is another node's own, `~<its id>/…`, and a minute has not passed since its lease ended.
   */
  del(key: Input<K>): boolean {
    return this.#delete(this.codec.encodeKey(key))
  }

  /**
   * As `del`, for the bytes of a key: those that this socket cannot read have no other name (`DecodingError.keyBytes`).
   * @returns whether there was a value
   * @throws {LeaseHeldError} Another node holds the key. @throws {ArgumentError} @throws {ClosedError}
   */
  delBytes(keyBytes: Uint8Array): boolean {
    return this.#delete(this.codec.encodePrefix(keyBytes))
  }

  /**
   * Sets many values: all of them, or none if one is refused. Other nodes get them in one message where they fit.
   * @throws as `set`
   */
  update(entries: Entries<K, V>, options: WriteOptions = {}): this {
    this.assertOpen('update')
    const length = checkWrite(options, this.#terms)
    const writes = pairsOf(entries).map(
      ([key, value]) => [this.codec.encodeKey(key), this.codec.encodeValue(value)] as const,
    )
    this.publish(this.store.setAll(writes, this.now(), length))
    return this
  }

  /** The value of a key if it has one; else sets it to `value` and returns that. @throws as `set` */
  setdefault(key: Input<K>, value: Input<V>): V {
    if (!this.has(key)) this.set(key, value)
    // There is a value now, so undefined cannot come back unless it is one.
    return this.get(key) as V
  }

  /**
   * Removes a key and returns its value; `fallback`, if one is given, when there is none.
   * @throws {KeyNotFoundError} There is no value, and no fallback was given. @throws {LeaseHeldError} Another node holds the key.
   */
  pop(key: Input<K>): V
  pop<F>(key: Input<K>, fallback: F): V | F
  pop<F>(...[key, ...fallback]: [key: Input<K>, fallback?: F]): V | F | undefined {
    if (!this.has(key)) {
      if (fallback.length === 0) throw new KeyNotFoundError('pop')
      return fallback[0]
    }
    // Not by `get`: what it hands out may be changed by whoever had it before.
    const value = this.codec.valueIn(this.store, this.codec.encodeKey(key))
    this.del(key)
    return value
  }

  /**
   * Removes the entry that got a value last, of those that can be read, and returns it. Looks through all keys.
   * @throws {KeyNotFoundError} There is none. @throws {LeaseHeldError} Another node holds that key.
   */
  popitem(): [K, V] {
    this.assertOpen('popitem')
    const last = this.#readable.last()
    if (!last) throw new KeyNotFoundError('popitem')
    this.#delete(last.key)
    return last.item
  }

  /**
   * Deletes every key, also those that cannot be read: all, or none if another node holds one. Keys of the form `~<id>/…` stay that only other
   * nodes may delete now.
   * @returns how many keys stay @throws {LeaseHeldError} @throws {ClosedError}
   */
  clear(): number {
    this.assertOpen('clear')
    const [all, now] = [[...this.store.keys()], this.now()]
    const deletable = all.filter((key) => !(this.store.mayDelete(key, now) instanceof OwnedKeyError))
    this.publish(this.store.deleteAll(deletable, now))
    return all.length - deletable.length
  }

  /**
   * The keys, in the order in which they got a value here. A key that cannot be read is left out, and is an issue with the code
   * 'undecodable'. A key whose value cannot be read is among them.
   */
  keys(): Generator<K, void, undefined> {
    return this.#readable.keys()
  }

  /** The values, in the order of the keys, as far as `items` has them. */
  *values(): Generator<V, void, undefined> {
    for (const [, value] of this.items()) yield value
  }

  /**
   * Keys with their values. An entry of which key or value cannot be read is left out, and is an issue with the code 'undecodable', whose
   * count grows at each reading.
   */
  items(): Generator<[K, V], void, undefined> {
    return this.#readable.items()
  }

  /** As `items`, so that the dictionary can be read like a Map. */
  [Symbol.iterator](): Generator<[K, V], void, undefined> {
    return this.items()
  }

  /** What `items` has now, as a Map. A key that is bytes is another object each time: look it up here, not in the copy. */
  copy(): Map<K, V> {
    return new Map(this.items())
  }

  /**
   * Changes some fields of a value that is an object, and leaves the others as they are. Without leases, changes of
   * different fields by different nodes at the same time are both kept.
   * @returns the value with the fields
   * @throws {NotAMappingError} The value or the delta has no fields. @throws as `set`
   */
  applyDelta(key: Input<K>, delta: Partial<V>): V {
    this.assertOpen('applyDelta')
    const name = this.codec.encodeKey(key)
    const before = this.codec.valueIn(this.store, name)
    const merged = this.codec.merge(before, delta)
    const fields = this.codec.encodeFields(delta)
    const isLeased = this.#terms.leaseSeconds > 0
    if (isLeased || (before === undefined && fields.length === 0)) this.set(key, merged, this.#lengthOfOwn(name))
    else this.#setFields(name, fields)
    return this.codec.valueIn(this.store, name) as V
  }

  /** Who holds a key now; undefined if nobody does, its lease has run out, or there are no leases. */
  lease(key: Input<K>): LeaseInfo | undefined {
    const lease = this.store.lease(this.codec.encodeKey(key))
    if (!lease || lease.expires <= this.now()) return undefined
    const { owner, token, ...rest } = lease
    return { owner: owner as NodeId, token: tokenText(token), ...rest }
  }

  /**
   * The changes of the keys that begin with a prefix, from now on: `for await (const change of socket.watch('job/'))`.
   * Ends with the socket, by `break`, or by `signal`, which drops the changes that wait. A slow reader gets the last change of each key.
   * @param prefix of the key's bytes; '' for all keys
   */
  watch(prefix: string | Uint8Array = '', options: WatchOptions = {}): AsyncIterableIterator<WatchEvent<K, V>> {
    this.assertOpen('watch')
    checkObject('options', options)
    return this.#announcer.watch(prefix, options)
  }

  /** Tells of what has changed in the store. */
  protected announce(changes: readonly Change[]): void {
    for (const { key } of changes) this.#lastRead.drop(key)
    this.#announcer.announce(changes)
  }

  /** Tells of the leases of this node that have run out. */
  protected announceExpired(): void {
    this.#announcer.announceExpired(this.store.expiredLeases(this.now()))
  }

  /** Tells of what this node has written, and a neighbor has no room for. */
  protected announceRefused(keys: readonly BinaryString[], by: NodeId): void {
    this.#announcer.announceRefused(keys, by)
  }

  /** Tells that another node seems to hold a lease of this node. */
  protected announceContest(contest: Contest): void {
    this.#announcer.announceContest(contest)
  }

  protected endWatches(): void {
    this.#announcer.endWatches()
  }

  /** The length of the lease that this node has of a key: a change of a field does not change it. */
  #lengthOfOwn(key: BinaryString): WriteOptions {
    const lease = this.store.lease(key)
    return lease?.owner === this.store.id ? { leaseSeconds: lease.leaseSeconds, ephemeral: lease.ephemeral } : {}
  }

  #delete(key: BinaryString): boolean {
    this.assertOpen('del')
    return this.#publishIf(this.store.delete(key, this.now()))
  }

  /** @returns whether there was something to publish */
  #publishIf(change: Change | undefined): boolean {
    if (change) this.publish([change])
    return change !== undefined
  }

  /** Spreads what this node has written, then tells of it. */
  protected publish(changes: readonly Change[]): void {
    for (const change of changes) this.spread(change)
    this.announce(changes)
  }

  /** Sets fields; if one is refused, those before it are spread all the same. */
  #setFields(key: BinaryString, fields: readonly (readonly [BinaryString, Uint8Array])[]): void {
    const now = this.now()
    const changes: Change[] = []
    try {
      for (const [field, value] of fields) changes.push(this.store.setField(key, field, value, now))
    } finally {
      this.publish(changes)
    }
  }
}
