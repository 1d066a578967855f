import { ArgumentError } from '@ts2p/base'
import type { Input } from './encodings.ts'

/** Entries to set: pairs (a Map, an array of pairs), or an object whose names are keys. */
export type Entries<K, V> = Iterable<readonly [Input<K>, Input<V>]> | Readonly<Record<string, Input<V>>>

/** Entries as pairs. @throws {ArgumentError} They are something else. */
export function pairsOf<K, V>(entries: Entries<K, V>): (readonly [Input<K>, Input<V>])[] {
  const expectation = 'an object, a Map, or another iterable of pairs'
  if (typeof entries !== 'object' || entries === null) throw new ArgumentError('entries', expectation, entries)
  if (Symbol.iterator in entries) {
    const pairs = [...(entries as Iterable<readonly [Input<K>, Input<V>]>)]
    for (const pair of pairs)
      if (!Array.isArray(pair) || pair.length !== 2) throw new ArgumentError('entries', expectation, pair)
    return pairs
  }
  // The names of an object are strings, which the encoding of the keys must take.
  return Object.entries(entries as Readonly<Record<string, Input<V>>>) as [Input<K>, Input<V>][]
}
