/** The longest default, milliseconds, and the default while nothing is measured. */
const settleMsMax = 1000
/** The default is at most this share of the lease. */
const leaseShare = 1 / 4
/** How long a broadcast is late that does not come along the tree: a node announces it after at most 125 ms, and is asked for it. Milliseconds. */
const repairMs = 150
/** How many links a broadcast passes one after the other, at most: 3 to the power of 6 nodes. */
const hopsMax = 6

/**
 * How long a claim must stand before it counts if the application does not say: twice the time that a broadcast takes to every node, as far as
 * this node can know it, `2 * (150 ms + 6 * slowestLinkMs)`. Two nodes that claim a free key at once hear of each other in that time: the second
 * claims before it has heard of the first, and its claim has to come back.
 *
 * So it is 300 ms or more, and at most 1000 ms or a quarter of the lease, which also count while nothing is measured.
 * @param slowestLinkMs the time that a message takes to the slowest neighbor, milliseconds; undefined if it is not known
 */
export function settleTime({
  slowestLinkMs,
  leaseMs,
}: {
  readonly slowestLinkMs: number | undefined
  readonly leaseMs: number
}): number {
  const mostMs = Math.min(settleMsMax, leaseMs * leaseShare)
  return slowestLinkMs === undefined ? mostMs : Math.min(mostMs, 2 * (repairMs + hopsMax * slowestLinkMs))
}
