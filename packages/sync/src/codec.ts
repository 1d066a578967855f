import { binaryFromBytes, bytesFromBinary } from '@ts2p/store'
import type { BinaryString, Store } from '@ts2p/store'
import { bytesFromText, textFromBytes } from '@ts2p/protocol'
import { binary, encodingOf, utf8 } from './encoding.ts'
import type { Encoding, EncodingName, Input } from './encoding.ts'
import { DecodingError, NotAMappingError } from './errors.ts'

const ascii = /^[\0-\x7f]*$/

/** Between what the application says and what the store holds: keys, values, and values of which fields were set apart. */
export class Codec<K, V> {
  readonly #keys: Encoding<K>
  readonly #values: Encoding<V>
  /** Strings that are ASCII are their own bytes, with the two encodings that take strings as UTF-8. */
  readonly #takesText: boolean

  /** Without leases, fields of a value can be set one by one. */
  readonly #hasFields: boolean

  /** @throws {ArgumentError} There is no encoding of that name. */
  constructor(options: {
    hasFields: boolean
    keyEncoding: EncodingName<K> | Encoding<K> | undefined
    valueEncoding: EncodingName<V> | Encoding<V> | undefined
  }) {
    this.#keys = encodingOf('keyEncoding', options.keyEncoding)
    this.#values = encodingOf('valueEncoding', options.valueEncoding)
    this.#hasFields = options.hasFields
    this.#takesText = this.#keys.name === binary.name || this.#keys.name === utf8.name
  }

  /** @throws {ArgumentError} The encoding does not take such a key. */
  encodeKey(key: Input<K>): BinaryString {
    if (this.#takesText && typeof key === 'string' && ascii.test(key)) return key
    return binaryFromBytes(this.#keys.encode(key as K))
  }

  /** A prefix of keys: bytes, or a text that stands for its UTF-8 bytes. @throws {ArgumentError} */
  encodePrefix(prefix: string | Uint8Array): BinaryString {
    return binaryFromBytes(binary.encode(prefix as Uint8Array))
  }

  /** @throws {DecodingError} */
  decodeKey(key: BinaryString): K {
    return decoded('key', this.#keys, bytesFromBinary(key))
  }

  /** @throws {ArgumentError} The encoding does not take such a value. */
  encodeValue(value: Input<V>): Uint8Array {
    return this.#values.encode(value as V)
  }

  /** The value of a key as the store has it. @throws {DecodingError} */
  valueIn(store: Store, key: BinaryString): V | undefined {
    const bytes = store.get(key)
    if (bytes === undefined) return undefined
    const fields = this.#hasFields ? store.fields(key) : undefined
    return fields ? this.#withFields(bytes, fields) : decoded('value', this.#values, bytes)
  }

  /** The fields of a delta, each encoded by itself. @throws {NotAMappingError} */
  encodeFields(delta: Partial<V>): [BinaryString, Uint8Array][] {
    return Object.entries(mappingOf('delta', delta)).map(([field, value]) => [
      binaryFromBytes(bytesFromText(field)),
      bytesFromText(JSON.stringify(value)),
    ])
  }

  /** A value with the fields of a delta put in. @throws {NotAMappingError} */
  merge(value: V | undefined, delta: Partial<V>): Input<V> {
    return { ...mappingOf('value', value ?? {}), ...mappingOf('delta', delta) } as Input<V>
  }

  #withFields(bytes: Uint8Array, fields: ReadonlyMap<BinaryString, Uint8Array>): V {
    const base = bytes.length === 0 ? {} : mappingOf('value', decoded('value', this.#values, bytes))
    const parts = [...fields].map(([field, value]) => [textFromBytes(bytesFromBinary(field)), parsed(value)])
    return { ...base, ...Object.fromEntries(parts) } as V
  }
}

function decoded<T>(what: 'key' | 'value', encoding: Encoding<T>, bytes: Uint8Array): T {
  try {
    return encoding.decode(bytes)
  } catch (cause) {
    throw new DecodingError(what, encoding.name, { cause })
  }
}

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(textFromBytes(value))
  } catch (cause) {
    throw new DecodingError('value', 'json', { cause })
  }
}

/** @throws {NotAMappingError} */
function mappingOf(what: 'value' | 'delta', value: unknown): Record<string, unknown> {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  if (!isMapping) throw new NotAMappingError(what)
  return value as Record<string, unknown>
}
