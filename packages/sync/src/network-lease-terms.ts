import { ArgumentError, checkKnown, checkObject } from '@ts2p/base'
import { binaryFromBytes, bytesFromBinary, ephemeralSecondsMin } from '@ts2p/store'
import type { KeyPolicy } from '@ts2p/store'
import { binary, json } from './dictionary/encodings.ts'
import type { LeasingOptions, WriteOptions } from './sync-options.ts'

/** What all nodes of a network have in common about leases. */
export interface LeaseTerms {
  /** Seconds, of a lease of which the write says nothing; 0: no key has a lease. */
  readonly leaseSeconds: number
  /** Seconds, of the longest lease that a write may name. */
  readonly leaseSecondsMax: number
  /** Whether keys without a policy have leases. */
  readonly leasing: boolean
  /** In ascending order of their prefixes. */
  readonly policies: readonly KeyPolicy[]
}

/** The longest lease by default, seconds. */
const defaultMaxSeconds = 14_400
/** Most policies: each is a term of the network. */
const policiesMax = 24
/** Most characters of a prefix as a term names it. */
const prefixCharactersMax = 100

type GivenOptions = { readonly [name in keyof LeasingOptions]: LeasingOptions[name] | undefined } & {
  readonly keyEncoding?: unknown
}

/** Checks and completes what the options of a socket say of leases. @throws {ArgumentError} */
export function completeTerms(options: GivenOptions): LeaseTerms {
  const { leasing = true, leaseSeconds = 3600, policies: given = [], keyEncoding } = options
  const { leaseSecondsMax = defaultLeaseSecondsMax(leaseSeconds) } = options
  if (typeof leasing !== 'boolean') throw new ArgumentError('leasing', 'true or false', leasing)
  if (!(Number.isInteger(leaseSeconds) && leaseSeconds >= 1)) {
    throw new ArgumentError(
      'leaseSeconds',
      'a whole number of seconds, at least 1; to have no leases set leasing to false',
      leaseSeconds,
    )
  }
  if (!(Number.isInteger(leaseSecondsMax) && leaseSecondsMax >= leaseSeconds))
    throw new ArgumentError('leaseSecondsMax', 'a whole number of seconds, at least leaseSeconds', leaseSecondsMax)
  if (!Array.isArray(given)) throw new ArgumentError('policies', 'an array of policies', given)
  const policies = given.map(policyOf).toSorted((x, y) => (x.prefix < y.prefix ? -1 : 1))
  const twice = policies.find(({ prefix }, index) => prefix === policies[index - 1]?.prefix)
  if (twice) throw new ArgumentError('policies', 'each prefix once', termName(twice))
  if (policies.length > policiesMax) throw new ArgumentError('policies', `at most ${policiesMax}`, policies.length)
  if (policies.length > 0 && (keyEncoding === 'json' || keyEncoding === json))
    throw new ArgumentError('policies', 'left out with JSON keys: they all begin with a quotation mark', given)
  const hasLeases = leasing || policies.some((policy) => policy.leasing)
  return {
    ...{ leasing, policies },
    leaseSeconds: hasLeases ? leaseSeconds : 0,
    leaseSecondsMax: hasLeases ? leaseSecondsMax : 0,
  }
}

/** The longest lease where nothing is said of it, seconds. */
function defaultLeaseSecondsMax(leaseSeconds: number): number {
  return Math.max(leaseSeconds, defaultMaxSeconds)
}

/** @throws {ArgumentError} */
function policyOf(given: unknown): KeyPolicy {
  checkObject('policies', given)
  const { prefix, leasing } = given as Record<string, unknown>
  const expected = 'a text or a Uint8Array, not empty, and not one that begins with ~'
  if (typeof prefix !== 'string' && !(prefix instanceof Uint8Array))
    throw new ArgumentError('policies.prefix', expected, prefix)
  if (typeof leasing !== 'boolean') throw new ArgumentError('policies.leasing', 'true or false', leasing)
  const policy = { prefix: binaryFromBytes(binary.encode(prefix as Uint8Array)), leasing }
  if (policy.prefix === '' || policy.prefix.startsWith('~'))
    throw new ArgumentError('policies.prefix', expected, prefix)
  if (termName(policy).length > prefixCharactersMax)
    throw new ArgumentError('policies.prefix', 'at most 90 letters, or 30 other bytes', prefix)
  return policy
}

/** The terms of the dictionary's channel. */
export function syncTerms({ leaseSeconds, leaseSecondsMax, leasing, policies }: LeaseTerms): Record<string, string> {
  const most = leaseSecondsMax === defaultLeaseSecondsMax(leaseSeconds) ? '' : `, at most ${leaseSecondsMax} s`
  const lengths = leaseSeconds === 0 ? '' : `${leaseSeconds} s${most}`
  const leases = leasing || leaseSeconds === 0 ? lengths || 'off' : `off, else ${lengths}`
  return { leases, ...Object.fromEntries(policies.map((policy) => [termName(policy), policy.leasing ? 'on' : 'off'])) }
}

/** A prefix as an error names it: bytes that are not printable ASCII are `%` and two digits (RFC 3986, 2.1). */
function termName({ prefix }: Pick<KeyPolicy, 'prefix'>): string {
  const text = Array.from(bytesFromBinary(prefix), (byte) => {
    const character = String.fromCodePoint(byte)
    return /[!-$&-~]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
  })
  return `leases of ${text.join('')}`
}

const writeOptionNames = Object.keys({ leaseSeconds: true, ephemeral: true } satisfies Record<keyof WriteOptions, true>)

/**
 * Checks the options of a write.
 * @param areLeased whether all its keys have leases
 * @throws {ArgumentError}
 */
export function checkWrite(options: WriteOptions, terms: LeaseTerms, areLeased: () => boolean): WriteOptions {
  checkKnown('options', options, writeOptionNames)
  const { leaseSeconds: asked, ephemeral = false } = options
  if (typeof ephemeral !== 'boolean') throw new ArgumentError('ephemeral', 'true or false', ephemeral)
  if (asked === undefined && !ephemeral) return {}
  if (!areLeased()) {
    if (ephemeral) throw new ArgumentError('ephemeral', 'left out: the key has no lease', ephemeral)
    throw new ArgumentError('leaseSeconds', 'left out: the key has no lease', asked)
  }
  const { leaseSeconds, leaseSecondsMax } = terms
  const [seconds, min] = [asked ?? leaseSeconds, ephemeral ? ephemeralSecondsMin : 1]
  if (!(Number.isInteger(seconds) && seconds >= min && seconds <= leaseSecondsMax))
    throw new ArgumentError('leaseSeconds', `a whole number of seconds, from ${min} to ${leaseSecondsMax}`, seconds)
  return { leaseSeconds: seconds, ephemeral }
}
