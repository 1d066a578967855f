import { binaryFromBytes, bytesFromBinary } from '@ts2p/store'
import type { BinaryString, Store, StoredValue } from '@ts2p/store'
import { bytesFromText } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { jsonText } from '@ts2p/base'
import { binary, encodingOf, json, utf8 } from './encodings.ts'
import type { Encoding, EncodingName, Input } from './encodings.ts'
import { DecodingError, NotAMappingError } from '../errors.ts'
import type { Undecodable } from '../errors.ts'
import { Schema } from './schema.ts'
import type { SchemaEntry } from './schema.ts'

const notAscii = /[^\0-\x7f]/
/** Longest value that is looked through for ASCII, characters: the store keeps longer ones as bytes anyway. */
const asciiValueMax = 512

/** Between what the application says and what the store holds: keys, values, and values of which fields were set apart. */
export class KeyValueCodec<K, V> {
  readonly #keys: Encoding<K>
  readonly #values: Schema<V>
  /** Strings that are ASCII are their own bytes, with the two encodings that take strings as UTF-8. */
  readonly #takesText: boolean

  /** Without leases, fields of a value can be set one by one. */
  readonly #hasFields: boolean
  /**
   * Whether the same decoded value may be given out again, and ASCII is its own bytes: with the two encodings of
   * strings, which cannot be changed, and of bytes, which nobody compares.
   */
  readonly mayShareValues: boolean

  /** @throws {ArgumentError} There is no encoding of that name. */
  constructor(options: {
    hasFields: boolean
    keyEncoding: EncodingName<K> | Encoding<K> | undefined
    valueEncoding: EncodingName<V> | Encoding<V> | undefined
    schema?: readonly SchemaEntry<V>[] | undefined
  }) {
    this.#keys = encodingOf('keyEncoding', options.keyEncoding)
    const values = encodingOf('valueEncoding', options.valueEncoding)
    this.#values = new Schema(options.schema ?? [], values)
    this.#hasFields = options.hasFields
    this.#takesText = ([binary, utf8] as readonly unknown[]).includes(this.#keys)
    this.mayShareValues = this.#values.isUniform && ([binary, utf8] as readonly unknown[]).includes(values)
  }

  /** @throws {ArgumentError} The encoding does not take such a key. */
  encodeKey(key: Input<K>): BinaryString {
    if (this.#takesText && typeof key === 'string' && isAscii(key)) return key
    return binaryFromBytes(this.#keys.encode(key as K))
  }

  /** A prefix of keys: bytes, or a text that stands for its UTF-8 bytes. @throws {ArgumentError} */
  encodePrefix(prefix: string | Uint8Array): BinaryString {
    return binaryFromBytes(binary.encode(prefix as Uint8Array))
  }

  /** @param owner the node that wrote it, for the error @throws {DecodingError} */
  decodeKey(key: BinaryString, owner?: string): K {
    try {
      return this.#keys.decode(bytesFromBinary(key))
    } catch (cause) {
      throw this.#error({ what: 'key', encoding: this.#keys.name, key, owner }, cause)
    }
  }

  /** @param key - As the application gave it. @throws {ArgumentError} The encoding does not take such a value. @throws {ValidationError} */
  encodeValue(name: BinaryString, value: Input<V>, key: Input<K>): BinaryString | Uint8Array {
    this.#values.check(name, value, key)
    if (this.mayShareValues && typeof value === 'string' && value.length <= asciiValueMax && isAscii(value))
      return value
    return this.#values.encodingOf(name).encode(value as V)
  }

  /** The value of a key as the store has it. @throws {DecodingError} */
  valueIn(store: Store, key: BinaryString): V | undefined {
    const bytes = store.get(key)
    if (bytes === undefined) return undefined
    const fields = this.#hasFields ? store.fields(key) : undefined
    return this.decodeStored(key, { value: bytes, fields }, () => store.meta(key)?.owner)
  }

  /** A value as the store has it, or had it. @param ownerOf - The node that wrote it, for the error. @throws {DecodingError} */
  decodeStored(
    key: BinaryString,
    { value, fields }: StoredValue,
    ownerOf: () => string | undefined = () => undefined,
  ): V {
    const encoding = this.#values.encodingOf(key)
    try {
      const decoded = fields ? this.#withFields(encoding, value, fields) : encoding.decode(value)
      this.#values.check(key, decoded, key)
      return decoded
    } catch (cause) {
      throw this.#error({ what: 'value', encoding: encoding.name, key, owner: ownerOf() }, cause)
    }
  }

  /** The fields of a delta, each encoded by itself; nothing for one that is to go. @throws {NotAMappingError} */
  encodeFields(delta: Partial<V>): [BinaryString, Uint8Array][] {
    return Object.entries(mappingOf('delta', delta)).map(([field, value]) => {
      return [binaryFromBytes(utf8.encode(field)), bytesFromText(value === undefined ? '' : jsonText(value))]
    })
  }

  /** A value with the fields of a delta put in. @throws {NotAMappingError} */
  merge(value: V | undefined, delta: Partial<V>): Input<V> {
    return { ...mappingOf('value', value ?? {}), ...mappingOf('delta', delta) } as Input<V>
  }

  /** Checks a value that is put together of fields. @throws {ValidationError} */
  checkValue(name: BinaryString, value: Input<V>, key: Input<K>): void {
    this.#values.check(name, value, key)
  }

  /**
   * Fields that were set after the value are part of it; a value that has no fields has given way to them. They come in
   * the order of their names, so that all nodes see the same.
   */
  #withFields(encoding: Encoding<V>, bytes: Uint8Array, fields: ReadonlyMap<BinaryString, Uint8Array>): V {
    const base: unknown = bytes.length === 0 ? {} : encoding.decode(bytes)
    const value = new Map<string, unknown>(isMapping(base) ? Object.entries(base) : [])
    for (const [field, part] of [...fields].toSorted(([x], [y]) => (x < y ? -1 : 1))) {
      const name = utf8.decode(bytesFromBinary(field))
      if (part.length === 0) value.delete(name)
      else value.set(name, json().decode(part))
    }
    return Object.fromEntries(value) as V
  }

  #error(
    {
      what,
      encoding,
      key,
      owner,
    }: Pick<Undecodable, 'what' | 'encoding'> & { key: BinaryString; owner?: string | undefined },
    cause: unknown,
  ): DecodingError {
    const keyBytes = bytesFromBinary(key)
    const name = what === 'key' ? undefined : this.#keyIfReadable(keyBytes)
    return new DecodingError({ what, encoding, key: name, keyBytes, owner: owner as NodeId | undefined }, { cause })
  }

  #keyIfReadable(keyBytes: Uint8Array): K | undefined {
    try {
      // It may keep the array.
      return this.#keys.decode(keyBytes.slice())
    } catch {
      return undefined
    }
  }
}

function isAscii(text: string): boolean {
  return !notAscii.test(text)
}

/** @throws {NotAMappingError} */
function mappingOf(what: 'value' | 'delta', value: unknown): Record<string, unknown> {
  if (!isMapping(value)) throw new NotAMappingError(what)
  return value
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}
