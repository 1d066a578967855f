import { ArgumentError, jsonText } from '@ts2p/base'
import { bytesFromText, textFromUtf8 } from '@ts2p/protocol'
import type { Json } from './json-value.ts'

/** How keys or values become bytes and come back. Write one for any other form, such as MessagePack. */
export interface Encoding<T> {
  /** Named in errors. */
  readonly name: string
  encode(value: T): Uint8Array
  decode(bytes: Uint8Array): T
}

/** What may be given where a `T` comes back: for bytes, a string too, which stands for its UTF-8 bytes. */
export type Input<T> = [T] extends [Uint8Array] ? Uint8Array | string : T

/** The names of the encodings that fit a type: 'binary' (Uint8Arrays), 'utf8' (strings), 'json' (what JSON can say). */
export type EncodingName<T> = [T] extends [Uint8Array] ? 'binary' : [T] extends [string] ? 'utf8' | 'json' : 'json'

/** Bytes as they are; a string is taken as its UTF-8 bytes. */
export const binary: Encoding<Uint8Array> = {
  name: 'binary',
  encode(value: Uint8Array | string) {
    if (typeof value === 'string') return textBytes(value)
    if (value instanceof Uint8Array) return value
    throw new ArgumentError('a key or value', 'a string, Buffer or Uint8Array with the encoding binary', value)
  },
  decode: (bytes) => new Uint8Array(bytes),
}

/** Strings, as UTF-8. */
export const utf8: Encoding<string> = {
  name: 'utf8',
  encode(value) {
    if (typeof value === 'string') return textBytes(value)
    throw new ArgumentError('a key or value', 'a string with the encoding utf8', value)
  },
  decode: textFromUtf8,
}

/**
 * What JSON can say, as its UTF-8 text: `json<Job>()` for values of one type. Refuses what JSON would change silently, with an `ArgumentError` that names the path of it: `NaN`,
 * `Infinity`, Dates and whatever has a `toJSON`, functions, symbols, BigInts, Maps, Sets, instances of classes, and `undefined` as the value or in
 * an array. A property may be `undefined`: JSON leaves it out, and reading it gives `undefined` all the same.
 */
export function json<T = Json>(): Encoding<T> {
  // The type is the caller's word: JSON itself has none.
  return jsonEncoding as Encoding<unknown> as Encoding<T>
}

const jsonEncoding: Encoding<Json> = {
  name: 'json',
  encode(value) {
    return bytesFromText(jsonText(value))
  },
  decode: (bytes) => JSON.parse(textFromUtf8(bytes)) as Json,
}

const loneSurrogate = /\p{Surrogate}/u

/** @throws {ArgumentError} It has half of a surrogate pair, which UTF-8 cannot say: two such texts would be one key. */
function textBytes(text: string): Uint8Array {
  if (loneSurrogate.test(text)) throw new ArgumentError('a key or value', 'a text without lone surrogates', text)
  return bytesFromText(text)
}

const named: ReadonlyMap<unknown, Encoding<never>> = new Map(
  [binary, utf8, jsonEncoding].map((encoding) => [encoding.name, encoding as Encoding<never>]),
)

/** The encoding of a name, or the one given. @throws {ArgumentError} There is none of that name. */
export function encodingOf<T>(option: string, encoding: EncodingName<T> | Encoding<T> | undefined): Encoding<T> {
  const known = [...named.values()].find((each: unknown) => each === encoding) ?? named.get(encoding ?? binary.name)
  // The names that the type T admits are those of encodings of T.
  if (known) return known as Encoding<unknown> as Encoding<T>
  if (isEncoding<T>(encoding)) return guarded(encoding)
  throw new ArgumentError(option, "'binary', 'utf8', 'json' or an object with name, encode and decode", encoding)
}

function isEncoding<T>(encoding: EncodingName<T> | Encoding<T> | undefined): encoding is Encoding<T> {
  return (
    typeof encoding === 'object' &&
    encoding !== null &&
    typeof encoding.encode === 'function' &&
    typeof encoding.decode === 'function'
  )
}

/** An encoding of the application: it must give bytes, and gets a copy of the dictionary's, to do with as it likes. */
function guarded<T>(encoding: Encoding<T>): Encoding<T> {
  return {
    name: encoding.name,
    encode(value) {
      const bytes: unknown = encoding.encode(value)
      if (bytes instanceof Uint8Array) return bytes
      throw new ArgumentError(`what the encoding ${encoding.name} returns`, 'a Uint8Array', bytes)
    },
    decode: (bytes) => encoding.decode(new Uint8Array(bytes)),
  }
}
