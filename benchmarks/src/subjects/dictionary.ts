/** What a plain Map and the dictionaries of both have in common. */
export interface Dictionary<V> {
  get(key: string): { readonly length: number } | undefined
  set(key: string, value: V): unknown
}
