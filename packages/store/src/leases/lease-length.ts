import { InvalidArgumentError } from '../errors.ts'
import type { LeaseRules } from './ledger.ts'

/** How long the lease of a write is. */
export interface LeaseLength {
  /** Whole seconds, from 1 to the `leaseSecondsMax` of the store. Default the store's `leaseSeconds`. */
  readonly leaseSeconds?: number
}

/** The length as a record states it. @throws {InvalidArgumentError} It is out of its range, or there are no leases. */
export function lengthOf(
  { leaseSeconds }: LeaseLength,
  rules: Pick<LeaseRules, 'leaseSeconds' | 'leaseSecondsMax'>,
): number {
  if (leaseSeconds === undefined) return rules.leaseSeconds
  const max = rules.leaseSecondsMax
  if (Number.isInteger(leaseSeconds) && leaseSeconds >= 1 && leaseSeconds <= max) return leaseSeconds
  const expected = max === 0 ? 'left out: there are no leases' : `whole seconds, from 1 to ${max}`
  throw new InvalidArgumentError({ argument: 'leaseSeconds', expected })
}
