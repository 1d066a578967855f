/** What a plain Map and the dictionaries of both have in common. */
export interface Dictionary<V> {
  get(key: string): unknown
  set(key: string, value: V): unknown
}
