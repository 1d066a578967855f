/** The latest moment of a second at which a renewal is due, milliseconds: a timer may be late, and must not fire in the next second. */
const lastMs = 900
/** The earliest, at most. A short lease has less time for its next renewal, and settles faster. */
const firstMsMax = 500
const firstShare = 0.45
/** The shortest time between two renewals, milliseconds. */
const pauseMsMin = 10

/**
 * When to renew a lease: when a third of it has passed, but late in a UTC second. A lease lives through its last second. If it is renewed
 * early in a second, and its holder crashes, the others wait for up to a second longer. Late in a second, what they then wait until a claim
 * has settled fits into that second: another node has the lock within the lease and a second.
 * @param now milliseconds since 1970, UTC @param leftMs what is left of the lease @param leaseMs its length
 * @returns how long to wait, milliseconds
 */
export function renewalDelay({ now, leftMs, leaseMs }: { now: number; leftMs: number; leaseMs: number }): number {
  const firstMs = Math.min(firstMsMax, firstShare * leaseMs)
  const due = now + leftMs / 3
  const phaseMs = due % 1000
  if (phaseMs >= firstMs && phaseMs <= lastMs) return due - now
  const second = due - phaseMs
  const earlier = (phaseMs > lastMs ? second : second - 1000) + lastMs
  return (earlier - now >= pauseMsMin ? earlier : second + firstMs) - now
}
