/** What is known of two values: 'unknown' of two objects of a class, which only their class can compare. */
export type Comparison = 'same' | 'different' | 'unknown'

/** Compares what JSON can say, and bytes, by content: a value that was decoded again is the same. */
export function compare(a: unknown, b: unknown): Comparison {
  if (Object.is(a, b)) return 'same'
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return 'different'
  if (a instanceof Uint8Array && b instanceof Uint8Array) return all(a.length === b.length, [...a], [...b])
  if (Array.isArray(a) && Array.isArray(b)) return all(a.length === b.length, a, b)
  if (prototypeOf(a) !== prototypeOf(b)) return 'different'
  if (!isPlain(a)) return 'unknown'
  const [of, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  const names = [...of.keys()]
  return all(
    of.size === other.size && names.every((name) => other.has(name)),
    names.map((name) => of.get(name)),
    names.map((name) => other.get(name)),
  )
}

function all(isOfOneShape: boolean, a: readonly unknown[], b: readonly unknown[]): Comparison {
  if (!isOfOneShape) return 'different'
  const found = new Set(a.map((each, index) => compare(each, b[index])))
  if (found.has('different')) return 'different'
  return found.has('unknown') ? 'unknown' : 'same'
}

function isPlain(value: object): boolean {
  const prototype = prototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value)
}
