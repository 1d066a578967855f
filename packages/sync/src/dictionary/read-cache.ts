/** Most values remembered. */
const valuesMax = 65_536

/** Values lately read, as the application has them: reading a key again is one look-up, and copies or decodes nothing. */
export class ReadCache<V> {
  readonly #values = new Map<string, V>()

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  put(key: string, value: V): void {
    if (this.#values.size >= valuesMax) this.#values.clear()
    this.#values.set(key, value)
  }

  /** The value has changed. */
  drop(key: string): void {
    this.#values.delete(key)
  }
}
