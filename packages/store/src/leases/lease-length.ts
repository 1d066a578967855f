import { InvalidArgumentError } from '../errors.ts'
import type { LeaseRules } from './ledger.ts'
import { ephemeralSecondsMin } from '../records/record-check.ts'

/** How long the lease of a write is. */
export interface LeaseLength {
  /** Whole seconds, from 1 to the `leaseSecondsMax` of the network; ephemeral keys at least 5. Default the network's `leaseSeconds`. */
  readonly leaseSeconds?: number
  /** Whether the value ends with the lease. Default false. */
  readonly ephemeral?: boolean
}

/** Nobody holds what is written. */
export const noLength: Required<LeaseLength> = { leaseSeconds: 0, ephemeral: false }

/** @throws {InvalidArgumentError} The length is out of its range, or there are no leases. */
export function completeLength(
  length: LeaseLength,
  { leaseSeconds, leaseSecondsMax }: LeaseRules,
): Required<LeaseLength> {
  const { leaseSeconds: seconds = leaseSeconds, ephemeral = false } = length
  if (leaseSecondsMax === 0) {
    if (seconds === 0 && !ephemeral) return noLength
    throw new InvalidArgumentError({
      argument: 'leaseSeconds',
      expected: 'nothing, and no ephemeral: there are no leases',
    })
  }
  const min = ephemeral ? ephemeralSecondsMin : 1
  if (!Number.isInteger(seconds) || seconds < min || seconds > leaseSecondsMax) {
    const kind = ephemeral ? ' of an ephemeral key' : ''
    throw new InvalidArgumentError({
      argument: 'leaseSeconds',
      expected: `whole seconds, from ${min} to ${leaseSecondsMax}${kind}`,
    })
  }
  return { leaseSeconds: seconds, ephemeral }
}
