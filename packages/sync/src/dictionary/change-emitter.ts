import type { NodeId } from '@ts2p/protocol'
import { secondOf } from '@ts2p/store'
import type { BinaryString, Change, Store } from '@ts2p/store'
import type { Contest } from '../clocks/early-record-reports.ts'
import type { KeyValueCodec } from './key-value-codec.ts'
import { DecodingError } from '../errors.ts'
import type { DictionaryChange, EndChange, SetChange, SyncSocketEvents } from '../sync-options.ts'
import { formatToken } from './fencing-token.ts'
import { Watcher } from './watch.ts'
import type { WatchOptions } from './watch.ts'

/** What a change emitter needs of the socket for which it speaks. */
export interface ChangeEmitterOptions<K, V> {
  readonly codec: KeyValueCodec<K, V>
  readonly store: () => Store
  /** Tells the listeners of an event. */
  readonly emit: <E extends keyof SyncSocketEvents<K, V>>(event: E, ...values: SyncSocketEvents<K, V>[E]) => void
  /** Whether anyone listens to an event. */
  readonly hasListeners: (event: keyof SyncSocketEvents<K, V>) => boolean
  /** Records an issue. */
  readonly report: (code: string, message: string) => void
}

/** Tells listeners and watchers what has changed in a store. */
export class ChangeEmitter<K, V> {
  readonly #options: ChangeEmitterOptions<K, V>
  readonly #watchers = new Set<Watcher<DictionaryChange<K, V>>>()
  /** Changes to tell of, while some are being told. */
  readonly #untold: Change[] = []

  constructor(options: ChangeEmitterOptions<K, V>) {
    this.#options = options
  }

  /**
   * Tells of what has changed, once the store is up to date. What a listener changes is told when all have heard of
   * this: so everyone hears of changes in the order in which they came about.
   */
  announce(changes: readonly Change[]): void {
    const isTelling = this.#untold.length > 0
    for (const change of changes) this.#untold.push(change)
    if (isTelling) return
    // Listeners may append.
    for (const change of this.#untold) this.#announceChange(change)
    this.#untold.length = 0
  }

  /** Tells of leases of this node that have run out. */
  announceExpired(keys: readonly BinaryString[]): void {
    const { codec, emit } = this.#options
    for (const key of keys) this.#guarded(() => emit('lease-expired', { key: codec.decodeKey(key) }))
  }

  /** Tells that another node seems to hold a lease of this node. */
  announceContest({ key, owner, aheadMs }: Contest): void {
    const { codec, store, emit } = this.#options
    const lease = store().lease(key)
    if (!lease) return
    this.#guarded(() => {
      emit('lease-contested', { key: codec.decodeKey(key), owner, aheadMs, token: formatToken(lease.token) })
    })
  }

  watch(prefix: string | Uint8Array, { initial, signal }: WatchOptions): Watcher<DictionaryChange<K, V>> {
    const store = this.#options.store()
    const watcher = new Watcher<DictionaryChange<K, V>>({
      prefix: this.#options.codec.encodePrefix(prefix),
      signal,
      onEnd: (ended) => this.#watchers.delete(ended),
    })
    if (signal?.aborted) return watcher
    this.#watchers.add(watcher)
    if (!initial) return watcher
    for (const key of store.keys()) {
      const meta = store.meta(key)
      if (!meta || !watcher.matches(key)) continue
      const change = this.#read(key, meta)
      if (!(change instanceof DecodingError)) watcher.push(key, change, combine)
    }
    return watcher
  }

  /** Tells of what this node has written, and a neighbor has no room for. */
  announceRefused(keys: readonly BinaryString[], by: NodeId): void {
    const { codec, store, emit } = this.#options
    for (const key of keys) {
      const lease = store().lease(key)
      const token = lease && formatToken(lease.token)
      this.#guarded(() => emit('write-refused', { key: codec.decodeKey(key), by, token }))
    }
  }

  endWatches(): void {
    for (const watcher of this.#watchers) watcher.end()
  }

  #announceChange(change: Change): void {
    const { key, effect, owner, leaseLost } = change
    const { codec, emit } = this.#options
    if (effect === 'update') this.#announceSet(change)
    if (effect === 'delete' || effect === 'expire') this.#announceEnd(effect, change)
    if (effect === 'release')
      this.#guarded(() => emit('lease-released', { key: codec.decodeKey(key), owner: owner as NodeId }))
    if (leaseLost) this.#guarded(() => emit('lease-lost', { key: codec.decodeKey(key), owner: owner as NodeId }))
  }

  #announceSet(written: Change): void {
    const { hasListeners, store, emit } = this.#options
    if (this.#watchers.size === 0 && !hasListeners('change') && !hasListeners('undecodable')) return
    const { key } = written
    // The change that took the value away is told next.
    if (!store().has(key)) return
    const meta = store().meta(key) ?? written
    const change = this.#read(key, meta, written)
    if (change instanceof DecodingError) {
      // An encoding of keys gives keys.
      const told = { key: change.key as K | undefined, keyBytes: change.keyBytes, error: change }
      emit('undecodable', { ...told, owner: meta.owner as NodeId, at: secondOf(meta.timestamp) * 1000 })
      return
    }
    this.#emitChange(key, change)
  }

  #announceEnd(type: EndChange<K, V>['type'], ended: Change): void {
    const { hasListeners, store } = this.#options
    if (this.#watchers.size === 0 && !hasListeners('change')) return
    const { key } = ended
    // The change that brought a value again is told next.
    if (store().has(key)) return
    const name = this.#readableKey(key)
    if (!name) return
    this.#emitChange(key, {
      ...{ type, key: name.key, value: undefined, previous: this.#previousOf(ended) },
      ...writeOf(ended),
    })
  }

  #emitChange(key: BinaryString, change: DictionaryChange<K, V>): void {
    for (const watcher of this.#watchers) if (watcher.matches(key)) watcher.push(key, change, combine)
    this.#options.emit('change', change)
  }

  /** What a key has now; an error, which is an issue too, if it is not in this socket's encoding. */
  #read(
    key: BinaryString,
    written: { owner: string; timestamp: number },
    change?: Change,
  ): SetChange<K, V> | DecodingError {
    const { codec, report, store } = this.#options
    try {
      const name = codec.decodeKey(key, written.owner)
      // There is a value: the caller has made sure of it.
      const value = codec.valueIn(store(), key) as V
      return { type: 'set', key: name, value, previous: change && this.#previousOf(change), ...writeOf(written) }
    } catch (error) {
      if (!(error instanceof DecodingError)) throw error
      report('undecodable', `${error.message} Its changes are told by the event 'undecodable'.`)
      return error
    }
  }

  /** The value before a change; undefined if there was none, or it cannot be read, which was reported when it came. */
  #previousOf({ key, previous }: Change): V | undefined {
    try {
      return previous && this.#options.codec.decodeStored(key, previous)
    } catch {
      return undefined
    }
  }

  /** A key that cannot be read was never told: its deletion concerns nobody. */
  #readableKey(key: BinaryString): { readonly key: K } | undefined {
    try {
      return { key: this.#options.codec.decodeKey(key) }
    } catch {
      return undefined
    }
  }

  /** What another node wrote may not be readable here: that is an issue, and stops nothing. */
  #guarded(emit: () => void): void {
    try {
      emit()
    } catch (error) {
      this.#options.report('undecodable', `A change could not be told to listeners: ${String(error)}`)
    }
  }
}

/** The owner, time and token of a write. */
function writeOf(written: { readonly owner: string; readonly timestamp: number }): {
  owner: NodeId
  at: number
  token: string
} {
  return { owner: written.owner as NodeId, at: secondOf(written.timestamp) * 1000, token: formatToken(written) }
}

/** The later of two changes, for a reader that has seen neither. */
function combine<K, V>({ previous }: DictionaryChange<K, V>, change: DictionaryChange<K, V>): DictionaryChange<K, V> {
  return { ...change, previous }
}
