import type { Encoding } from './encodings.ts'
import type { Json } from './json-value.ts'

/** An encoding, or the name of one. */
export type AnyEncoding = 'binary' | 'utf8' | 'json' | Encoding<unknown>

/** What comes back where an encoding, or the name of one, is given. */
export type Decoded<E> = E extends 'binary'
  ? Uint8Array
  : E extends 'utf8'
    ? string
    : E extends 'json'
      ? Json
      : E extends Encoding<infer T>
        ? T
        : never
