import type { DictionaryChange, Input, SyncSocket, SyncSocketEvents } from '@ts2p/sync'
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
    this.socket.on('change', this.#onChange)
    this.socket.on('undecodable', this.#onUndecodable)
  }

  protected override stop(): void {
    this.socket.off('change', this.#onChange)
    this.socket.off('undecodable', this.#onUndecodable)
  }

  readonly #onChange = ({ type, key, value }: DictionaryChange<K, V>): void => {
    const isSame = type === 'set' && !this.#error && this.#isMine(key) && compare(this.#value, value) === 'same'
    if (!isSame) this.#change(key, value)
  }

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
