/** A lock that was not to be waited for is held by somebody: another node, or another part of this one. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError'
  readonly code = 'LOCK_HELD'
  /** The holder's id; that of this node, if another lock of its own is in the way. */
  readonly owner: string
  /** When the lease runs out unless it is renewed: milliseconds since 1970, UTC. */
  readonly expiresAt: number

  constructor(lease: { owner: string; expiresAt: number }) {
    super(
      `The lock is held by ${lease.owner}, until ${new Date(lease.expiresAt).toISOString()} unless it renews its lease. ` +
        'Do something else, or leave out `wait: false` to wait for it.',
    )
    this.owner = lease.owner
    this.expiresAt = lease.expiresAt
  }
}

/**
 * Why a lock is held no more:
 * - 'taken': another node holds the key, by a claim that this node had not heard of, or because it took the lease for ended.
 * - 'expired': the lease was not renewed in time. The process was stopped for so long, or writing failed (`cause`).
 * - 'unconfirmed': too few neighbors have confirmed a renewal in time: the node is cut off from them.
 * - 'deleted': this node has deleted the key by other means than `release()`.
 * - 'closed': the node's socket was closed. The close releases the lease, or the lease ends by itself: see `SyncSocket.close`.
 * - 'refused': a neighbor has no room for the claim, so that it may let another node have the lock.
 * - 'contested': another node, whose clock is ahead, took the lease for ended and has written the key. Its write does not count here yet.
 * - 'clock': a neighbor's clock differs by more than `guardMs`, and this node's may be the one that is wrong (`cause`).
 */
export type LossReason = 'taken' | 'expired' | 'unconfirmed' | 'deleted' | 'closed' | 'refused' | 'contested' | 'clock'

const lossSentences: Readonly<Record<LossReason, string>> = {
  taken: 'another node holds it now',
  expired: 'its lease was not renewed in time',
  unconfirmed: 'too few neighbors have confirmed that they know of it',
  deleted: 'its key was deleted by this node',
  closed: 'the socket was closed',
  refused: 'a neighbor has no room for its claim (see its storeLimits)',
  contested: 'another node has claimed it, since its clock is ahead',
  clock: 'the clocks of this node and its neighbors differ, so that they do not agree on when its lease ends',
}

/** A lock was lost: its holder has not released it. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError'
  readonly code = 'LOCK_LOST'
  readonly reason: LossReason

  constructor(reason: LossReason, options?: ErrorOptions) {
    super(
      `The lock is lost: ${lossSentences[reason]}. Stop what was done under it, and ask for the lock again if it is still needed.`,
      options,
    )
    this.reason = reason
  }
}

/** The wait for a lock was ended by its signal, whose reason is the `cause`. */
export class LockAbortedError extends Error {
  override readonly name = 'LockAbortedError'
  readonly code = 'LOCK_ABORTED'

  constructor(cause: unknown) {
    super('The lock is not waited for any more, since its signal was aborted. Ask again to get it.', { cause })
  }
}

/** A socket without leases cannot lock anything. */
export class LeasesMissingError extends Error {
  override readonly name = 'LeasesMissingError'
  readonly code = 'LEASES_MISSING'

  constructor() {
    super(
      'Keys like this one have no leases, so that nothing can be locked by them. Leave out `leasing: false`, or the policy of the prefix, on every node of the network.',
    )
  }
}
