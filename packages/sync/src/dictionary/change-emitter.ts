import type { NodeId } from '@ts2p/protocol'
import { secondOf } from '@ts2p/store'
import type { BinaryString, Change, FencingToken, Store } from '@ts2p/store'
import type { Contest } from '../clocks/early-record-reports.ts'
import type { KeyValueCodec } from './key-value-codec.ts'
import { DecodingError } from '../errors.ts'
import type { SyncSocketEvents, Update } from '../sync-options.ts'
import { Watcher } from './watch.ts'
import type { WatchEvent, WatchOptions } from './watch.ts'

/** A fencing token as a text whose order is that of the tokens. */
export function tokenText({ timestamp, owner }: FencingToken): string {
  return `${String(timestamp).padStart(16, '0')}.${owner}`
}

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
  readonly #watchers = new Set<Watcher<WatchEvent<K, V>>>()
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
      emit('lease-contested', { key: codec.decodeKey(key), owner, aheadMs, token: tokenText(lease.token) })
    })
  }

  watch(prefix: string | Uint8Array, { initial, signal }: WatchOptions): Watcher<WatchEvent<K, V>> {
    const store = this.#options.store()
    const watcher = new Watcher<WatchEvent<K, V>>({
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
      const update = this.#read(key, meta)
      if (!(update instanceof DecodingError)) watcher.push(key, { type: 'update', ...update })
    }
    return watcher
  }

  /** Tells of what this node has written, and a neighbor has no room for. */
  announceRefused(keys: readonly BinaryString[], by: NodeId): void {
    const { codec, store, emit } = this.#options
    for (const key of keys) {
      const lease = store().lease(key)
      const token = lease && tokenText(lease.token)
      this.#guarded(() => emit('write-refused', { key: codec.decodeKey(key), by, token }))
    }
  }

  endWatches(): void {
    for (const watcher of this.#watchers) watcher.end()
  }

  #announceChange({ key, effect, owner, timestamp, leaseLost }: Change): void {
    const { codec, emit } = this.#options
    if (effect === 'update') this.#announceUpdate(key, { owner, timestamp })
    if (effect === 'delete' || effect === 'expire') this.#announceDeletion(effect, key, { owner, timestamp })
    if (effect === 'release')
      this.#guarded(() => emit('lease-released', { key: codec.decodeKey(key), owner: owner as NodeId }))
    if (leaseLost) this.#guarded(() => emit('lease-lost', { key: codec.decodeKey(key), owner: owner as NodeId }))
  }

  #announceUpdate(key: BinaryString, written: { owner: string; timestamp: number }): void {
    const { hasListeners, store, emit } = this.#options
    if (this.#watchers.size === 0 && !hasListeners('update') && !hasListeners('undecodable')) return
    // The change that took the value away is told next.
    if (!store().has(key)) return
    const meta = store().meta(key) ?? written
    const update = this.#read(key, meta)
    if (update instanceof DecodingError) {
      // An encoding of keys gives keys.
      const told = { key: update.key as K | undefined, keyBytes: update.keyBytes, error: update }
      emit('undecodable', { ...told, owner: meta.owner as NodeId, timestamp: secondOf(meta.timestamp) })
      return
    }
    this.#push(key, { type: 'update', ...update })
    emit('update', update)
  }

  #announceDeletion(
    type: 'delete' | 'expire',
    key: BinaryString,
    { owner, timestamp }: { owner: string; timestamp: number },
  ): void {
    const { hasListeners, store, emit } = this.#options
    if (this.#watchers.size === 0 && !hasListeners(type)) return
    // The change that brought a value again is told next.
    if (store().has(key)) return
    const name = this.#readableKey(key)
    if (!name) return
    const deletion = { key: name.key, owner: owner as NodeId, timestamp: secondOf(timestamp) }
    this.#push(key, { type, ...deletion })
    emit(type, deletion)
  }

  #push(key: BinaryString, event: WatchEvent<K, V>): void {
    for (const watcher of this.#watchers) if (watcher.matches(key)) watcher.push(key, event)
  }

  /** What a key has now; an error, which is an issue too, if it is not in this socket's encoding. */
  #read(key: BinaryString, { owner, timestamp }: { owner: string; timestamp: number }): Update<K, V> | DecodingError {
    const { codec, report, store } = this.#options
    try {
      const name = codec.decodeKey(key, owner)
      // There is a value: the caller has made sure of it.
      const value = codec.valueIn(store(), key) as V
      return { key: name, value, owner: owner as NodeId, timestamp: secondOf(timestamp) }
    } catch (error) {
      if (!(error instanceof DecodingError)) throw error
      report('undecodable', `${error.message} Its changes are told by the event 'undecodable'.`)
      return error
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
