/** A name for a key, by which it is found again: two keys that are bytes, or objects, are equal if their names are. */
export function keyName(key: unknown): string {
  if (typeof key === 'string') return `text ${key}`
  if (key instanceof Uint8Array) return `bytes ${Array.from(key).join(' ')}`
  return `json ${JSON.stringify(key)}`
}

/** The names that what was given for a key may have as it comes back: a string may stand for its UTF-8 bytes. */
export function namesOf(input: unknown): ReadonlySet<string> {
  const names = [keyName(input)]
  if (typeof input === 'string') names.push(keyName(new TextEncoder().encode(input)))
  return new Set(names)
}

/** Whether a key begins with a prefix, as text or as bytes; every key does with none, and no key of another kind. */
export function beginsWith(key: unknown, prefix: string | Uint8Array | undefined): boolean {
  if (prefix === undefined || prefix.length === 0) return true
  if (typeof key === 'string') return typeof prefix === 'string' && key.startsWith(prefix)
  if (!(key instanceof Uint8Array)) return false
  const bytes = typeof prefix === 'string' ? new TextEncoder().encode(prefix) : prefix
  return bytes.every((byte, index) => key[index] === byte)
}
