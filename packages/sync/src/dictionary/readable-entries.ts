import type { BinaryString, Store } from '@ts2p/store'
import type { KeyValueCodec } from './key-value-codec.ts'
import { DecodingError } from '../errors.ts'

/** The entries of a store that are in a socket's encodings. Each of the others is an issue when a reading meets it. */
export class ReadableEntries<K, V> {
  readonly #codec: KeyValueCodec<K, V>
  readonly #store: () => Store
  readonly #report: (code: string, message: string) => void

  constructor(options: {
    codec: KeyValueCodec<K, V>
    store: () => Store
    report: (code: string, message: string) => void
  }) {
    this.#codec = options.codec
    this.#store = options.store
    this.#report = options.report
  }

  /** The keys that can be read, whatever their values are. @param prefix of the bytes of the keys; '' for all */
  *keys(prefix: BinaryString): Generator<K, void, undefined> {
    for (const key of this.#keysWith(prefix)) {
      const found = this.#readable(() => [this.#keyAt(key)] as const)
      if (found) yield found[0]
    }
  }

  *entries(prefix: BinaryString): Generator<[K, V], void, undefined> {
    for (const key of this.#keysWith(prefix)) {
      const item = this.#readable(() => this.#itemAt(key))
      if (item && item[1] !== undefined) yield item
    }
  }

  /** The entry that got its value last, and its key in the store. Looks through all keys. */
  last(): { readonly key: BinaryString; readonly item: [K, V] } | undefined {
    for (const key of [...this.#store().keys()].toReversed()) {
      const item = this.#readable(() => this.#itemAt(key))
      if (item) return { key, item }
    }
    return undefined
  }

  *#keysWith(prefix: BinaryString): Generator<BinaryString, void, undefined> {
    for (const key of this.#store().keys()) if (key.startsWith(prefix)) yield key
  }

  /** @throws {DecodingError} */
  #keyAt(key: BinaryString): K {
    return this.#codec.decodeKey(key, this.#store().meta(key)?.owner)
  }

  /** @throws {DecodingError} */
  #itemAt(key: BinaryString): [K, V] {
    return [this.#keyAt(key), this.#codec.valueIn(this.#store(), key) as V]
  }

  /** What a reading gives; undefined, and an issue, if it meets what is not in the encoding. */
  #readable<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof DecodingError)) throw error
      this.#report('undecodable', `${error.message} Iterations leave it out.`)
      return undefined
    }
  }
}
