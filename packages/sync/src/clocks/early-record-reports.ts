import type { NodeId } from '@ts2p/protocol'
import type { BinaryString, Store } from '@ts2p/store'

/** A record of another node that does not count here yet, or at all, since it is dated ahead of the clock here. */
export interface EarlyRecord {
  readonly key: BinaryString
  /** The node that wrote it. */
  readonly owner: NodeId
  readonly aheadMs: number
  /** Whether it was refused; else it is put aside until it is due. */
  readonly isRefused: boolean
}

/** A lease of this node that another node seems to hold as well. */
export interface Contest {
  readonly key: BinaryString
  readonly owner: NodeId
  readonly aheadMs: number
}

/** Whether this node holds the lease of a key by its own clock. */
export function holdsLease(store: Store, key: BinaryString, nowMs: number): boolean {
  const lease = store.lease(key)
  return lease !== undefined && lease.owner === store.id && lease.expiresAt > nowMs
}

/** Reports the records that are put aside, and tells the holder of a lease if one of them claims it. */
export class EarlyRecordReports {
  readonly #store: Store
  readonly #now: () => number
  readonly #report: (code: 'record-put-aside' | 'lease-contested', message: string) => void
  readonly #onContested: (contest: Contest) => void

  /** @param options.now - The wall clock, milliseconds since 1970. */
  constructor(options: {
    store: Store
    now: () => number
    report: (code: 'record-put-aside' | 'lease-contested', message: string) => void
    onContested: (contest: Contest) => void
  }) {
    this.#store = options.store
    this.#now = options.now
    this.#report = options.report
    this.#onContested = options.onContested
  }

  /** Takes the records of one message. */
  add(records: readonly EarlyRecord[]): void {
    const latest = records.findLast(({ isRefused }) => !isRefused)
    if (latest) {
      this.#report(
        'record-put-aside',
        `A record that the node ${latest.owner} wrote is put aside until it is due: it is dated ${secondsOf(latest.aheadMs)} s ahead of the clock here. ` +
          'One of the two clocks is wrong: set it, by NTP for example.',
      )
    }
    for (const record of records) if (holdsLease(this.#store, record.key, this.#now())) this.#contest(record)
  }

  #contest({ key, owner, aheadMs }: EarlyRecord): void {
    if (owner === this.#store.id) return
    this.#report(
      'lease-contested',
      `The node ${owner} has written a key whose lease this node holds: by the clock of that node, ${secondsOf(aheadMs)} s ahead, the lease has run out. ` +
        'Both may act as its holder until one of the clocks is set.',
    )
    this.#onContested({ key, owner, aheadMs })
  }
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1000)
}
