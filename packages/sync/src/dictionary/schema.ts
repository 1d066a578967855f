import { ArgumentError, checkKnown } from '@ts2p/base'
import { binaryFromBytes } from '@ts2p/store'
import type { BinaryString } from '@ts2p/store'
import { ValidationError } from '../errors.ts'
import { binary, encodingOf } from './encodings.ts'
import type { Encoding, EncodingName } from './encodings.ts'

/** What a validator says of a value, by the Standard Schema interface. */
export type ValidationResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/** A validator by the Standard Schema interface (standardschema.dev, version 1): zod, valibot and arktype make such. It must not be asynchronous. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => ValidationResult | Promise<ValidationResult>
  }
}

/** What values are, of the keys that begin with a prefix. */
export interface SchemaEntry<V> {
  /** Of the key's bytes; a text stands for its UTF-8 bytes. '' stands for all keys. The longest that fits counts. */
  readonly prefix: string | Uint8Array
  /** Default the `valueEncoding` of the socket. */
  readonly valueEncoding?: EncodingName<V> | Encoding<V>
  /**
   * Checks values when they are set here, and when they come from others. It only checks: the value stays as it is, also if the validator would change it.
   * Default: every value is good.
   */
  readonly validate?: StandardSchema
}

interface Rule<V> {
  readonly prefix: BinaryString
  readonly encoding: Encoding<V>
  readonly validate: StandardSchema | undefined
}

/** The encodings and validators of values, by the prefixes of their keys. */
export class Schema<V> {
  /** The longest prefix first. */
  readonly #rules: readonly Rule<V>[]
  readonly #fallback: Encoding<V>

  /** @throws {ArgumentError} */
  constructor(entries: readonly SchemaEntry<V>[], fallback: Encoding<V>) {
    if (!Array.isArray(entries))
      throw new ArgumentError('schema', 'an array of { prefix, valueEncoding, validate }', entries)
    this.#fallback = fallback
    const rules = entries.map((entry: SchemaEntry<V>) => ruleOf(entry, fallback))
    this.#rules = rules.toSorted((first, second) => second.prefix.length - first.prefix.length)
    const twice = rules.find(({ prefix }, index) => rules.findIndex((other) => other.prefix === prefix) !== index)
    if (twice) throw new ArgumentError('schema', 'without two entries of one prefix', twice.prefix)
  }

  /** Whether all values have one encoding, and none is checked. */
  get isUniform(): boolean {
    return this.#rules.length === 0
  }

  encodingOf(key: BinaryString): Encoding<V> {
    return this.#ruleOf(key)?.encoding ?? this.#fallback
  }

  /** @param shownKey - The key as the application knows it, for the error. @throws {ValidationError} */
  check(key: BinaryString, value: unknown, shownKey: unknown): void {
    const validator = this.#ruleOf(key)?.validate
    if (!validator) return
    const result = validator['~standard'].validate(value)
    if (result instanceof Promise) {
      // Its outcome comes too late.
      result.catch(() => undefined)
      throw new ArgumentError('schema.validate', 'a validator that is not asynchronous', validator)
    }
    if (result.issues) throw new ValidationError(shownKey, result.issues)
  }

  #ruleOf(key: BinaryString): Rule<V> | undefined {
    return this.#rules.find(({ prefix }) => key.startsWith(prefix))
  }
}

/** @throws {ArgumentError} */
function ruleOf<V>(entry: SchemaEntry<V>, fallback: Encoding<V>): Rule<V> {
  checkKnown('schema', entry, ['prefix', 'valueEncoding', 'validate'])
  const { prefix, valueEncoding, validate } = entry
  if (typeof prefix !== 'string' && !(prefix instanceof Uint8Array))
    throw new ArgumentError('schema.prefix', 'a text or a Uint8Array', prefix)
  if (validate !== undefined && typeof validate?.['~standard']?.validate !== 'function')
    throw new ArgumentError(
      'schema.validate',
      'a validator by the Standard Schema interface, such as one of zod',
      validate,
    )
  return {
    prefix: binaryFromBytes(binary.encode(prefix as Uint8Array)),
    encoding: valueEncoding === undefined ? fallback : encodingOf('schema.valueEncoding', valueEncoding),
    validate,
  }
}
