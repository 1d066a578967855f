import type { DictionaryChange, Input, SyncSocket, SyncSocketEvents } from '@ts2p/sync'
import { compare } from './comparison.ts'
import { isDecodingError } from './decoding.ts'
import { beginsWith, keyName } from './key-name.ts'
import { whenReady } from './readiness.ts'
import { EntriesView } from './view.ts'

/** The keys that begin with a prefix, and their values. */
export class MapView<K, V> extends EntriesView<K, V, ReadonlyMap<K, V>> {
  readonly #prefix: string | Uint8Array | undefined
  /** By the names of the keys, since a key that is bytes is another object each time. */
  #entries = new Map<string, readonly [K, V]>()
  #snapshot: ReadonlyMap<K, V> | undefined

  constructor(socket: SyncSocket<K, V>, prefix: string | Uint8Array | undefined) {
    super(socket)
    this.#prefix = prefix
  }

  protected override current(): ReadonlyMap<K, V> {
    this.#snapshot ??= new Map(this.#entries.values())
    return this.#snapshot
  }

  protected override refresh(unknown: 'keep' | 'replace'): void {
    const entries = new Map<string, readonly [K, V]>()
    for (const [key, value] of this.#read()) {
      const name = keyName(key)
      const before = this.#entries.get(name)
      const found = before ? compare(before[1], value) : 'different'
      const isKept = found === 'same' || (found === 'unknown' && unknown === 'keep')
      entries.set(name, before && isKept ? before : [key, value])
    }
    const isAsBefore =
      entries.size === this.#entries.size && [...entries].every(([name, entry]) => this.#entries.get(name) === entry)
    if (isAsBefore) return
    this.#entries = entries
    this.#snapshot = undefined
  }

  protected override start(): void {
    this.socket.on('change', this.#onChange)
    this.socket.on('undecodable', this.#onUndecodable)
  }

  protected override stop(): void {
    this.socket.off('change', this.#onChange)
    this.socket.off('undecodable', this.#onUndecodable)
  }

  readonly #onChange = ({ type, key, value }: DictionaryChange<K, V>): void => {
    const name = keyName(key)
    if (type !== 'set') {
      if (this.#entries.delete(name)) this.#change()
      return
    }
    if (!beginsWith(key, this.#prefix)) return
    const before = this.#entries.get(name)
    if (before && compare(before[1], value) === 'same') return
    this.#entries.set(name, [key, value])
    this.#change()
  }

  /** It is left out, as it would be by a view that begins now. */
  readonly #onUndecodable = ({ key }: SyncSocketEvents<K, V>['undecodable'][0]): void => {
    if (key !== undefined && this.#entries.delete(keyName(key))) this.#change()
  }

  #change(): void {
    this.#snapshot = undefined
    this.tell()
  }

  #read(): [K, V][] {
    const keys = whenReady(() => [...this.socket.keys()], [])
    return keys
      .filter((key) => beginsWith(key, this.#prefix))
      .flatMap((key) => {
        const value = this.#valueOf(key)
        return value === undefined ? [] : [[key, value]]
      })
  }

  /** A value that cannot be read is left out, as it is from events; it does not hide the others. */
  #valueOf(key: K): V | undefined {
    try {
      // A key that was read is one that may be given.
      return this.socket.get(key as Input<K>)
    } catch (error) {
      if (isDecodingError(error)) return undefined
      throw error
    }
  }
}
