import { ArgumentError, systemEnvironment } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import type { Input } from '@ts2p/sync'

/** How a key is claimed and held; everything has a default. */
export interface LeaseOptions<V> {
  /** What stands at the key while it is held. Default this node's id, where values are strings or bytes. */
  readonly value?: Input<V>
  /**
   * How long the lease lasts from each renewal on, whole seconds, from 1 to the `leaseSecondsMax` of the socket. A holder that crashes has the
   * key for that long. Default 10, or `leaseSecondsMax` if that is less.
   */
  readonly leaseSeconds?: number
  /** Default the platform's. Give the socket's own, if it has one. */
  readonly environment?: Environment
  /**
   * How long a claim must stand before it counts, milliseconds: twice the time that a message takes to every node. Two nodes that claim a free key
   * at once hear of each other within it, and one gives way. Default `2 * (150 + 6 * link)`, where `link` is the time to the slowest neighbor,
   * half of its round trip: 300 or more, and at most 1000 or a quarter of the lease. While a neighbor is not measured, or a link is congested, the
   * most counts. Give a number if links elsewhere in the network are slower by more than 150 ms than those of this node.
   */
  readonly settleMs?: number
  /**
   * How long before its lease runs out a holder that could not renew it takes itself for none, milliseconds: more than
   * clocks differ. While a neighbor's clock differs by more, the lock is refused with a ClockSkewError, or lost, unless most of the clocks
   * agree with this node's. Default a fifth of the lease, 30 s at most.
   */
  readonly guardMs?: number
  /**
   * How many neighbors must confirm that they know of a claim, and of each renewal, for it to count. With 1 or more, a node
   * that is cut off from all others gives up within its lease; and one that is alone gets nothing. Default 0.
   */
  readonly replicas?: number
}

/** The names of the options of a lease. */
const leaseOptionNames: Readonly<Record<keyof LeaseOptions<unknown>, true>> = {
  value: true,
  leaseSeconds: true,
  environment: true,
  settleMs: true,
  guardMs: true,
  replicas: true,
}

/** The names of the options of what is held by a lease: those of the lease, and its own. */
export function optionNames<V, Options extends LeaseOptions<V>>(
  own: Readonly<Record<Exclude<keyof Options, keyof LeaseOptions<V>>, true>>,
): readonly string[] {
  return Object.keys({ ...own, ...leaseOptionNames })
}

/** The length of a lock's lease of which nothing is said, seconds. */
const defaultLeaseSeconds = 10

/** The options, complete. */
export interface Settings {
  readonly environment: Environment
  readonly leaseMs: number
  /** Undefined: as `settleTime` says. */
  readonly settleMs: number | undefined
  readonly guardMs: number
  readonly replicas: number
}

/** @throws {ArgumentError} An option is out of its range. */
export function completeSettings<V>(options: LeaseOptions<V>, leaseSecondsMax: number): Settings {
  const { leaseSeconds = Math.min(defaultLeaseSeconds, leaseSecondsMax) } = options
  if (!(Number.isInteger(leaseSeconds) && leaseSeconds >= 1 && leaseSeconds <= leaseSecondsMax))
    throw new ArgumentError('leaseSeconds', `a whole number of seconds, from 1 to ${leaseSecondsMax}`, leaseSeconds)
  const leaseMs = leaseSeconds * 1000
  const { environment = systemEnvironment(), settleMs, guardMs = Math.min(30_000, leaseMs / 5), replicas = 0 } = options
  if (settleMs !== undefined && (!Number.isFinite(settleMs) || settleMs < 0))
    throw new ArgumentError('settleMs', 'milliseconds, 0 or more', settleMs)
  if (!(guardMs >= 0 && guardMs < leaseMs / 2))
    throw new ArgumentError('guardMs', `milliseconds, less than half a lease, ${leaseMs / 2} here`, guardMs)
  if (!Number.isInteger(replicas) || replicas < 0)
    throw new ArgumentError('replicas', 'a whole number of neighbors, 0 or more', replicas)
  return { environment, leaseMs, settleMs, guardMs, replicas }
}
