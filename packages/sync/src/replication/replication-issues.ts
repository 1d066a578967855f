import type { Connection } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'

/** What a node reports of the records that it exchanges. */
export class ReplicationIssues {
  readonly #report: (code: string, message: string) => void
  /** Neighbors from which a record was refused that is dated too far ahead: that is reported once per link. */
  readonly #refused = new WeakSet<Connection>()
  /** Neighbors that have no room, each reported once per link. */
  readonly #full = new WeakSet<Connection>()
  /** Neighbors that have dropped ephemeral keys too far ahead of the clock here, each reported once per link. */
  readonly #cutoffsAhead = new WeakSet<Connection>()

  constructor(report: (code: string, message: string) => void) {
    this.#report = report
  }

  invalidSymbols({ id, remote }: Connection): void {
    this.#report('invalid-symbols', `The node ${id} at ${remote} has sent symbols that are of no set.`)
  }

  cutoffTooFarAhead(neighbor: Connection, aheadSeconds: number): void {
    if (this.#cutoffsAhead.has(neighbor)) return
    this.#cutoffsAhead.add(neighbor)
    const { id, remote } = neighbor
    this.#report(
      'cutoff-too-far-ahead',
      `The node ${id} at ${remote} has dropped ephemeral keys up to a time that is ${aheadSeconds} s ahead of the clock here. This node compares them nevertheless. ` +
        'One of the two clocks is wrong: set it, by NTP for example.',
    )
  }

  /** @param limit the name of the limit that left no room */
  storeFull(limit: string): void {
    this.#report(
      'store-full',
      `A record of another node was not kept, since storeLimits.${limit} is met: this node lacks a part of the dictionary. Raise the limit, or delete keys.`,
    )
  }

  neighborFull(neighbor: Connection): void {
    if (this.#full.has(neighbor)) return
    this.#full.add(neighbor)
    const { id, remote } = neighbor
    this.#report(
      'neighbor-full',
      `The node ${id} at ${remote} has no room for more keys: it lacks a part of the dictionary. Raise its storeLimits, or delete keys.`,
    )
  }

  writeRefused({ id, remote }: Connection, count: number): void {
    this.#report(
      'write-refused',
      `The node ${id} at ${remote} has no room for ${count} of the keys that this node has written, so that it may let others have them. Raise its storeLimits, or delete keys.`,
    )
  }

  forged({ id, remote }: Connection): void {
    this.#report('forged-records', `The node ${id} at ${remote} has sent records that their owner did not sign.`)
  }

  hasReportedTooFarAhead(from: Connection): boolean {
    return this.#refused.has(from)
  }

  tooFarAhead(from: Connection, { owner, aheadMs }: { readonly owner: NodeId; readonly aheadMs: number }): void {
    if (this.#refused.has(from)) return
    this.#refused.add(from)
    this.#report(
      'record-too-far-ahead',
      `A record that the node ${owner} wrote was refused: it is dated ${Math.round(aheadMs / 1000)} s ahead of the clock here. ` +
        'One of the two clocks is wrong: set it, by NTP for example.',
    )
  }
}
