import { checkKnown } from '../check-known.ts'
import { InvalidArgumentError } from '../errors.ts'
import type { ClaimContent } from '../leases/lease-claim.ts'
import type { LeaseRules } from '../leases/key-state.ts'
import { ephemeralSecondsMin } from '../records/check-record.ts'

/** How long the lease of a write is, and whether the value ends with it. */
export interface LeaseLength {
  /** Whole seconds, from 1 to the `leaseSecondsMax` of the store. Default the store's `leaseSeconds`. */
  readonly leaseSeconds?: number
  /** Whether the value ends with the lease, which is of 5 seconds at least. Default false. */
  readonly ephemeral?: boolean
}

const optionNames = Object.keys({ leaseSeconds: true, ephemeral: true } satisfies Record<keyof LeaseLength, true>)

/** A lease as a record states it. */
export type StatedLease = Pick<ClaimContent, 'leaseSeconds' | 'ephemeral'>

/** Nobody holds what is written. */
export const noLease: StatedLease = { leaseSeconds: 0, ephemeral: false }

/** @throws {InvalidArgumentError} The length is out of its range, there are no leases, or there is no such option. */
export function statedLease(
  length: LeaseLength,
  rules: Pick<LeaseRules, 'leaseSeconds' | 'leaseSecondsMax'>,
): StatedLease {
  checkKnown('length', length, optionNames)
  const { leaseSeconds = rules.leaseSeconds, ephemeral = false } = length
  const max = rules.leaseSecondsMax
  if (max === 0 && leaseSeconds === 0 && !ephemeral) return noLease
  const min = ephemeral ? ephemeralSecondsMin : 1
  if (Number.isInteger(leaseSeconds) && leaseSeconds >= min && leaseSeconds <= max) return { leaseSeconds, ephemeral }
  const ofKey = ephemeral ? ' for an ephemeral key' : ''
  const expected = max === 0 ? 'left out: there are no leases' : `whole seconds, from ${min} to ${max}${ofKey}`
  throw new InvalidArgumentError({ argument: 'leaseSeconds', expected })
}
