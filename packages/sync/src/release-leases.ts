import type { Change, Store } from '@ts2p/store'

/** What a node that leaves has released. */
export interface ReleasedLeases {
  /** What is to be sent to the other nodes: one change for each lease. */
  readonly changes: readonly Change[]
  /** One error for each lease that could not be released. */
  readonly failures: readonly unknown[]
}

/**
 * Ends every lease that the store's owner holds and that has not ended. Values stay. Ephemeral keys live only as long as their lease, so they
 * are deleted. A lease that cannot be released does not stop the others.
 * @param nowMs milliseconds since 1970, UTC
 */
export function releaseLeases(store: Store, nowMs: number): ReleasedLeases {
  const changes: Change[] = []
  const failures: unknown[] = []
  // A copy: a release changes what is iterated.
  for (const key of [...store.keys()]) {
    const lease = store.lease(key)
    if (lease?.owner !== store.id || lease.expiresAt <= nowMs) continue
    try {
      const isEphemeral = store.held.recordsOf(key)[0]?.ephemeral === true
      const change = isEphemeral ? store.delete(key, nowMs) : store.release(key, nowMs)
      if (change) changes.push(change)
    } catch (error) {
      failures.push(error)
    }
  }
  return { changes, failures }
}

/** What other nodes do not know of a release, in sentences. @param options.isIsolated - Whether this node had neighbors, and has none now. */
export function unreleased({ changes, failures }: ReleasedLeases, options: { readonly isIsolated: boolean }): string[] {
  const sentences: string[] = []
  if (failures.length > 0)
    sentences.push(`${failures.length} leases could not be released, and end by themselves: ${String(failures[0])}`)
  // A node that never had a neighbor has told nobody of its leases.
  if (changes.length > 0 && options.isIsolated)
    sentences.push(
      `There is no neighbor to hear that ${changes.length} leases were released. Where they are known they end by themselves.`,
    )
  return sentences
}
