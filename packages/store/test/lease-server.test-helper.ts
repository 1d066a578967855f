/** A write that a node tried, in the order in which all were tried. */
export interface MadeWrite {
  readonly node: string
  readonly kind: 'set' | 'delete' | 'field'
  readonly value: string
  readonly at: number
  /** False when the node itself refused it, or had nothing to delete. */
  readonly wasMade: boolean
}

/**
 * The oracle: the value that one lease server ends with that hears of every write made, the moment it is made. It is
 * written from the rules and shares no code with the store.
 */
export function leaseServerValue(writes: readonly MadeWrite[], leaseSeconds: number): string | undefined {
  let holder: string | undefined
  let renewedSecond = 0
  let value: string | undefined
  for (const write of writes) {
    if (!write.wasMade) continue
    const second = Math.floor(write.at / 1000)
    const isLive = holder !== undefined && second <= renewedSecond + leaseSeconds
    if (isLive && holder !== write.node) continue
    holder = write.kind === 'delete' ? undefined : write.node
    value = write.kind === 'delete' ? undefined : write.value
    renewedSecond = second
  }
  return value
}
