import type { Deletion, Input, SyncSocket, SyncSocketEvents, Update } from '@ts2p/sync'
import { compare } from './comparison.ts'
import { isDecodingError } from './decoding.ts'
import { keyName, namesOf } from './key-name.ts'
import { whenReady } from './readiness.ts'
import { EntriesView } from './view.ts'

/** The value of one key. While it cannot be read, `snapshot` throws the `DecodingError`, and never shows an older value. */
export class ValueView<K, V> extends EntriesView<K, V, V | undefined> {
  readonly #key: Input<K>
  readonly #names: ReadonlySet<string>
  #value: V | undefined
  /** The `DecodingError` of a value that cannot be read. */
  #error: unknown

  constructor(socket: SyncSocket<K, V>, key: Input<K>) {
    super(socket)
    this.#key = key
    this.#names = namesOf(key)
  }

  protected override current(): V | undefined {
    if (this.#error) throw this.#error
    return this.#value
  }

  protected override refresh(unknown: 'keep' | 'replace'): void {
    try {
      const value = whenReady(() => this.socket.get(this.#key), undefined)
      const found = this.#error ? 'different' : compare(this.#value, value)
      if (found === 'different' || (found === 'unknown' && unknown === 'replace')) this.#set(value)
    } catch (error) {
      if (!isDecodingError(error)) throw error
      this.#set(undefined, error)
    }
  }

  protected override start(): void {
    this.socket.on('update', this.#onUpdate)
    this.socket.on('delete', this.#onDelete)
    this.socket.on('expire', this.#onDelete)
    this.socket.on('undecodable', this.#onUndecodable)
  }

  protected override stop(): void {
    this.socket.off('update', this.#onUpdate)
    this.socket.off('delete', this.#onDelete)
    this.socket.off('expire', this.#onDelete)
    this.socket.off('undecodable', this.#onUndecodable)
  }

  readonly #onUpdate = ({ key, value }: Update<K, V>): void => {
    if (this.#isMine(key) && (this.#error || compare(this.#value, value) !== 'same')) this.#change(key, value)
  }

  readonly #onDelete = ({ key }: Deletion<K>): void => this.#change(key)

  readonly #onUndecodable = ({ key, error }: SyncSocketEvents<K, V>['undecodable'][0]): void =>
    this.#change(key, undefined, error)

  /** @param key undefined if it cannot be read: it is another one then */
  #change(key: K | undefined, value?: V, error?: unknown): void {
    if (!this.#isMine(key)) return
    this.#set(value, error)
    this.tell()
  }

  #isMine(key: K | undefined): boolean {
    return this.#names.has(keyName(key))
  }

  #set(value: V | undefined, error?: unknown): void {
    this.#value = value
    this.#error = error
  }
}
