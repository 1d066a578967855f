import { ArgumentError } from '@ts2p/base'
import { OwnedKeyError } from '@ts2p/store'
import type { BinaryString, Change } from '@ts2p/store'
import { DictionaryView } from './dictionary-view.ts'
import type { DictionaryParts } from './dictionary-view.ts'
import type { Input } from './encodings.ts'
import { pairsOf } from './update-entries.ts'
import type { Entries } from './update-entries.ts'
import { KeyNotFoundError, TokenMismatchError } from '../errors.ts'
import { checkWrite } from '../network-lease-terms.ts'
import type { LeaseTerms } from '../network-lease-terms.ts'
import type { SetOptions, WriteOptions } from '../sync-options.ts'

/** What a dictionary does, over a store: knows no network. What is written is handed to `spread`. */
export abstract class Dictionary<K, V> extends DictionaryView<K, V> {
  readonly #terms: LeaseTerms

  constructor(options: DictionaryParts<K, V>) {
    super(options)
    this.#terms = options.terms
  }

  /** Sends what a write has changed to the other nodes. */
  protected abstract spread(change: Change): void

  /** Whether this node may judge leases now. @throws {CatchingUpError} @throws {ClockSkewError} */
  protected abstract assertMayJudge(): void

  /**
   * Sets a value, and takes or renews the lease of its key. The latest write decides how long the lease is.
   * @throws {ValidationError} The value does not fit the `schema` of this socket.
   * @throws {TokenMismatchError} `options.ifToken` is not the token of the key.
   * @throws {LeaseHeldError} Another node holds the key: it says which and until when.
   * @throws {OwnedKeyError} The key is another node's own, `~<its id>/…`.
   * @throws {ClockSkewError} This node's clock is too wrong to judge leases by.
   * @throws {KeyTooLargeError} @throws {InvalidKeyError} @throws {ValueTooLargeError} @throws {StoreFullError}
   * @throws {ArgumentError} The encoding does not take the key or the value. @throws {ClosedError}
   */
  set(key: Input<K>, value: Input<V>, options: SetOptions = {}): this {
    const { ifToken, ...write } = options
    // Left out there is no check; undefined is a token that was not found, and must not turn the check off.
    const isChecked = 'ifToken' in options
    const name = this.#nameToWrite('set', key)
    const length = checkWrite(write, this.#terms, () => this.isLeasedName(name))
    if (isChecked) this.#checkToken(name, { key, ifToken })
    this.publish([this.store.set(name, this.codec.encodeValue(name, value, key), this.now(), length)])
    return this
  }

  /**
   * Renews this node's lease of a key, by its length. The value stays, and there is no event.
   * @returns whether this node had the lease @throws {ClosedError}
   */
  renew(key: Input<K>): boolean {
    return this.#publishIf(this.store.renew(this.#nameToWrite('renew', key), this.now()))
  }

  /**
   * Ends this node's lease of a key. The value stays, and any node may write it.
   * @returns whether this node had the lease @throws {ClosedError}
   */
  release(key: Input<K>): boolean {
    return this.#publishIf(this.store.release(this.#nameToWrite('release', key), this.now()))
  }

  /**
   * Deletes a key and gives up its lease.
   * @returns whether there was a value
   * @throws {LeaseHeldError} Another node holds the key. @throws {ClosedError}
   * @throws {OwnedKeyError} The key is another node's own, `~<its id>/…`, and a minute has not passed since its lease ended.
   */
  delete(key: Input<K>): boolean {
    return this.#delete(this.codec.encodeKey(key))
  }

  /** `delete` by its Python name. */
  del(key: Input<K>): boolean {
    return this.delete(key)
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
    const writes = pairsOf(entries).map(([key, value]) => {
      const name = this.codec.encodeKey(key)
      return [name, this.codec.encodeValue(name, value, key)] as const
    })
    const names = writes.map(([name]) => name)
    this.#assertMayWrite(names)
    const length = checkWrite(options, this.#terms, () => names.every((name) => this.isLeasedName(name)))
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
    this.delete(key)
    return value
  }

  /**
   * Removes the entry that got a value last, of those that can be read, and returns it. Looks through all keys.
   * @throws {KeyNotFoundError} There is none. @throws {LeaseHeldError} Another node holds that key.
   */
  popitem(): [K, V] {
    this.assertOpen('popitem')
    this.#assertMayLook()
    const last = this.lastReadable()
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
    this.#assertMayLook()
    const [all, now] = [[...this.store.keys()], this.now()]
    const deletable = all.filter((key) => !(this.store.mayDelete(key, now) instanceof OwnedKeyError))
    this.publish(this.store.deleteAll(deletable, now))
    return all.length - deletable.length
  }

  /**
   * Changes some fields of a value that is an object, and leaves the others as they are. Without leases, changes of
   * different fields by different nodes at the same time are both kept.
   * @returns the value with the fields
   * @throws {NotAMappingError} The value or the delta has no fields. @throws as `set`
   */
  applyDelta(key: Input<K>, delta: Partial<V>): V {
    const name = this.#nameToWrite('applyDelta', key)
    const before = this.codec.valueIn(this.store, name)
    const merged = this.codec.merge(before, delta)
    const fields = this.codec.encodeFields(delta)
    this.codec.checkValue(name, merged, key)
    if (this.isLeasedName(name) || (before === undefined && fields.length === 0))
      this.set(key, merged, this.#lengthOfOwn(name))
    else this.#setFields(name, fields)
    return this.codec.valueIn(this.store, name) as V
  }

  /** The length of the lease that this node has of a key: a change of a field does not change it. */
  #lengthOfOwn(key: BinaryString): WriteOptions {
    const lease = this.store.lease(key)
    return lease?.owner === this.store.id ? { leaseSeconds: lease.leaseSeconds, ephemeral: lease.ephemeral } : {}
  }

  #nameToWrite(action: string, key: Input<K>): BinaryString {
    this.assertOpen(action)
    const name = this.codec.encodeKey(key)
    this.#assertMayWrite([name])
    return name
  }

  /** @throws {TokenMismatchError} @throws {ArgumentError} */
  #checkToken(name: BinaryString, { key, ifToken }: { readonly key: Input<K>; readonly ifToken: unknown }): void {
    if (ifToken !== null && typeof ifToken !== 'string')
      throw new ArgumentError('ifToken', 'a token, or null for a key without a value', ifToken)
    const token = this.tokenOf(name) ?? null
    if (token !== ifToken) throw new TokenMismatchError({ key, expected: ifToken, token })
  }

  /** What is written are keys that this node knows: before it has caught up, it knows few. */
  #assertMayLook(): void {
    if (this.#terms.leaseSeconds > 0) this.assertMayJudge()
  }

  #assertMayWrite(keys: readonly BinaryString[]): void {
    if (keys.some((key) => this.isLeasedName(key))) this.assertMayJudge()
  }

  #delete(key: BinaryString): boolean {
    this.assertOpen('delete')
    this.#assertMayWrite([key])
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
