import type { WriteKind } from './node-states.test-helper.ts'

/** A write that a node tried, in the order in which all were tried. */
export interface MadeWrite {
  readonly node: string
  readonly kind: WriteKind
  readonly value: string
  readonly at: number
  /** False when the node itself refused it, or had nothing to delete. */
  readonly wasMade: boolean
}

/**
 * The oracle: the value that one lease server ends with that hears of every write made, the moment it is made. It is
 * written from the rules and shares no code with the store.
 */
export function leaseServerValue(
  writes: readonly MadeWrite[],
  { leaseSeconds, only }: { readonly leaseSeconds: number; readonly only: string | undefined },
): string | undefined {
  let holder: string | undefined
  /** The last second of the lease. */
  let lastSecond = 0
  let value: string | undefined
  /** What each node has written last: a release repeats it. */
  const written = new Map<string, string>()
  for (const write of writes) {
    if (!write.wasMade) continue
    if (write.kind !== 'release') written.set(write.node, write.value)
    const second = Math.floor(write.at / 1000)
    // The only node that may set a key may do so at any time; others may delete it a minute later than any other key.
    const graceSeconds = only === undefined || only === write.node ? 0 : 60
    const isLive = holder !== undefined && second <= lastSecond + graceSeconds
    if (isLive && holder !== write.node) continue
    holder = write.kind === 'delete' || write.kind === 'release' ? undefined : write.node
    value = write.kind === 'delete' ? undefined : written.get(write.node)
    lastSecond = second + (write.kind === 'short' ? 1 : leaseSeconds)
  }
  return value
}
