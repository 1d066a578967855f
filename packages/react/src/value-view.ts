import type { Deletion, Input, SyncSocket, SyncSocketEvents, Update } from '@ts2p/sync'
import { compare } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import { isDecodingError } from './decoding.ts'
import { keyName, namesOf } from './key-name.ts'
import { whenReady } from './readiness.ts'
import { View } from './view.ts'

/** What a key has now: a value, or what says that it cannot be read. */
interface Reading<V> {
  readonly value: V | undefined
  /** A `DecodingError`. */
  readonly error?: unknown
}

const nothing: Reading<never> = { value: undefined }

/** The value of one key. While it cannot be read, `snapshot` throws the `DecodingError`, and never shows an older value. */
export class ValueView<K, V> extends View<K, V, V | undefined> {
  readonly #key: Input<K>
  readonly #names: ReadonlySet<string>
  #reading: Reading<V> = nothing

  constructor(socket: SyncSocket<K, V>, key: Input<K>) {
    super(socket)
    this.#key = key
    this.#names = namesOf(key)
  }

  protected override current(): V | undefined {
    if ('error' in this.#reading) throw this.#reading.error
    return this.#reading.value
  }

  protected override refresh(unknown: 'keep' | 'replace'): void {
    const reading = this.#read()
    const found = compareReadings(this.#reading, reading)
    if (found === 'different' || (found === 'unknown' && unknown === 'replace')) this.#reading = reading
  }

  protected override start(): void {
    this.socket.on('update', this.#onUpdate)
    this.socket.on('delete', this.#onDelete)
    this.socket.on('undecodable', this.#onUndecodable)
  }

  protected override stop(): void {
    this.socket.off('update', this.#onUpdate)
    this.socket.off('delete', this.#onDelete)
    this.socket.off('undecodable', this.#onUndecodable)
  }

  readonly #onUpdate = ({ key, value }: Update<K, V>): void => {
    if (!this.#isMine(key) || compareReadings(this.#reading, { value }) === 'same') return
    this.#change({ value })
  }

  readonly #onDelete = ({ key }: Deletion<K>): void => {
    if (this.#isMine(key)) this.#change(nothing)
  }

  readonly #onUndecodable = ({ key, error }: SyncSocketEvents<K, V>['undecodable'][0]): void => {
    if (key !== undefined && this.#isMine(key)) this.#change({ value: undefined, error })
  }

  #change(reading: Reading<V>): void {
    this.#reading = reading
    this.tell()
  }

  #read(): Reading<V> {
    try {
      return { value: whenReady(() => this.socket.get(this.#key), undefined) }
    } catch (error) {
      if (isDecodingError(error)) return { value: undefined, error }
      throw error
    }
  }

  #isMine(key: K): boolean {
    return this.#names.has(keyName(key))
  }
}

function compareReadings<V>(a: Reading<V>, b: Reading<V>): Comparison {
  if ('error' in a !== 'error' in b) return 'different'
  // The same bytes give another error each time.
  if ('error' in a) return 'unknown'
  return compare(a.value, b.value)
}
