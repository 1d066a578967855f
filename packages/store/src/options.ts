import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { checkKnown } from './check-known.ts'
import { InvalidArgumentError } from './errors.ts'
import type { KeyPolicy } from './rules/lease-policies.ts'
import { completeLimits, type StoreLimits } from './limits.ts'
import { ownerBytes } from './records/check-record.ts'

/** What a store is made of. All but `owner` and the limits of room must be the same on every replica. */
export interface StoreOptions {
  /** Public key of the node that writes here: 32 bytes. */
  readonly owner: Uint8Array
  /** Length of a lease in seconds; 0 for a store without leases, where anyone may overwrite. Default 3600. */
  readonly leaseSeconds?: number
  /** Whether keys without a policy have leases. Default true, or false if `leaseSeconds` is 0. */
  readonly leasing?: boolean
  /** The prefixes of keys for which that is otherwise. The longest counts. Default none. */
  readonly policies?: readonly KeyPolicy[]
  /** The longest lease that a write may name, seconds. Default 14,400, or `leaseSeconds` if that is more. */
  readonly leaseSecondsMax?: number
  /** Part of every record's id, so records of another network are other records. 32 bytes, by default zeros. */
  readonly networkId?: Uint8Array
  /** Name of an owner; names are compared as strings in ties. By default SHA-256 of the owner in hex. */
  readonly idOf?: (owner: Uint8Array) => string
  /** Whether records get proofs, from `signOwn` and from `apply`. Default false. */
  readonly signed?: boolean
  readonly limits?: Partial<StoreLimits>
  /**
   * Draws a random whole number of 32 bits that no other node knows, so that nobody can choose keys that are slow to find. Needed where
   * strangers choose keys; default always 0.
   */
  readonly drawSeed?: () => number
}

const optionNames = Object.keys({
  owner: true,
  leaseSeconds: true,
  leasing: true,
  policies: true,
  leaseSecondsMax: true,
  networkId: true,
  idOf: true,
  signed: true,
  limits: true,
  drawSeed: true,
} satisfies Record<keyof StoreOptions, true>)

const policyNames = Object.keys({ prefix: true, leasing: true } satisfies Record<keyof KeyPolicy, true>)

/** Options checked, copied and completed. */
export interface StoreSettings {
  readonly owner: Uint8Array
  readonly leaseSeconds: number
  /** 0 without leases. */
  readonly leaseSecondsMax: number
  readonly leasing: boolean
  readonly policies: readonly KeyPolicy[]
  readonly networkId: Uint8Array
  readonly idOf: (owner: Uint8Array) => string
  readonly signed: boolean
  readonly limits: StoreLimits
  readonly drawSeed: () => number
}

/** How long a lease is of which nothing is said, and how long one may be: one hour, four hours. */
const defaultLeaseSeconds = 3600
const defaultLeaseSecondsMax = 14_400

/** @throws {InvalidArgumentError} An option is out of its range, or there is no such option. */
export function completeOptions(options: StoreOptions): StoreSettings {
  checkKnown('options', options, optionNames)
  const { owner, leaseSeconds = defaultLeaseSeconds, networkId = new Uint8Array(32), idOf = hashOf } = options
  if (owner.length !== ownerBytes) throw new InvalidArgumentError({ argument: 'owner', expected: '32 bytes' })
  if (networkId.length !== 32) throw new InvalidArgumentError({ argument: 'networkId', expected: '32 bytes' })
  if (!Number.isSafeInteger(leaseSeconds) || leaseSeconds < 0 || leaseSeconds > lengthMax) {
    throw new InvalidArgumentError({ argument: 'leaseSeconds', expected: 'whole seconds, from 0 to ten years' })
  }
  const { leaseSecondsMax = Math.max(leaseSeconds, defaultLeaseSecondsMax) } = options
  if (!Number.isSafeInteger(leaseSecondsMax) || leaseSecondsMax < leaseSeconds || leaseSecondsMax > lengthMax) {
    throw new InvalidArgumentError({
      argument: 'leaseSecondsMax',
      expected: 'whole seconds, from leaseSeconds to ten years',
    })
  }
  const { leasing = leaseSeconds > 0, policies = [] } = options
  for (const policy of policies) checkKnown('policies', policy, policyNames)
  const fault = policyFault({ leaseSeconds, leasing, policies })
  if (fault !== undefined) throw new InvalidArgumentError(fault)
  return {
    ...{ leasing, policies: [...policies] },
    owner: Uint8Array.from(owner),
    leaseSeconds,
    leaseSecondsMax: leaseSeconds === 0 ? 0 : leaseSecondsMax,
    networkId: Uint8Array.from(networkId),
    idOf,
    signed: options.signed ?? false,
    limits: completeLimits(options.limits ?? {}),
    drawSeed: options.drawSeed ?? (() => 0),
  }
}

function policyFault({
  leaseSeconds,
  leasing,
  policies,
}: Pick<StoreSettings, 'leaseSeconds' | 'leasing' | 'policies'>): { argument: string; expected: string } | undefined {
  if (leaseSeconds === 0 && (leasing || policies.some((policy) => policy.leasing)))
    return { argument: 'leasing', expected: 'false where leaseSeconds is 0' }
  const prefixes = policies.map(({ prefix }) => prefix)
  if (prefixes.some((prefix) => prefix === '' || prefix.startsWith('~')))
    return { argument: 'policies', expected: 'prefixes that are not empty and do not begin with ~' }
  return new Set(prefixes).size < prefixes.length ? { argument: 'policies', expected: 'each prefix once' } : undefined
}

/** Ten years: with it the end of a lease is still a safe integer. */
const lengthMax = 315_360_000

function hashOf(owner: Uint8Array): string {
  return bytesToHex(sha256(owner))
}
