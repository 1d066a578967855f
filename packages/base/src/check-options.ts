import { addressesPerNodeMax, addressFault, defaultLimits } from '@ts2p/protocol'
import type { Address, Limits } from '@ts2p/protocol'
import { baseOptionNames } from './base-options.ts'
import type { BaseSocketOptions } from './base-options.ts'
import { checkKnown } from './check-known.ts'
import type { Environment } from './environment/environment.ts'
import { ArgumentError } from './errors.ts'
import { isIpAddress } from './dialing/network-scope.ts'

/** Limits whose zero means: not at all. Any other zero would let nothing pass. */
const switches: readonly string[] = ['exchangeAddressesMax', 'peersMax', 'receiveQueueBytes']

/** The default limits with some replaced. @throws {ArgumentError} There is no such limit, or it is no number above 0. */
export function completeLimits(given: Partial<Limits> = {}): Limits {
  checkKnown('limits', given, Object.keys(defaultLimits))
  for (const [name, limit] of Object.entries(given)) {
    // Infinity is a limit: none.
    const isGood = typeof limit === 'number' && (limit > 0 || (limit === 0 && switches.includes(name)))
    if (!isGood) throw new ArgumentError(`limits.${name}`, 'a number above 0', limit)
  }
  return { ...defaultLimits, ...given }
}

/** Addresses that others can be given. @throws {ArgumentError} They are too many, or one is none. */
function checkAdvertised(addresses: readonly Address[] | undefined): void {
  if (addresses === undefined) return
  if (!Array.isArray(addresses) || addresses.length > addressesPerNodeMax) {
    throw new ArgumentError('advertise', `at most ${addressesPerNodeMax} addresses`, addresses)
  }
  for (const address of addresses as readonly Address[]) {
    const fault = addressFault(address)
    if (fault) throw new ArgumentError('advertise', `addresses { transport, host, port } (of one, ${fault})`, address)
  }
}

/** Options of a method, before anything is read from them. @throws {ArgumentError} They are no object. */
export function checkObject(name: string, given: unknown): void {
  if (typeof given !== 'object' || given === null) throw new ArgumentError(name, 'an object', given)
}

const environmentMethods = ['now', 'monotonicNow', 'setTimer', 'defer', 'random', 'randomBytes', 'log'] as const

/** Options of a socket as they are given, before anything is read from them. @throws {ArgumentError} They are no object, or their environment is none. */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new ArgumentError('options', 'an object, with at least transports', options)
  const { environment } = options as { environment?: Partial<Environment> | null }
  if (environment === undefined) return
  if (!environmentMethods.every((name) => typeof environment?.[name] === 'function'))
    throw new ArgumentError('environment', `an object with ${environmentMethods.join('(), ')}()`, environment)
}

/**
 * What the types say, for callers without types. Transports and limits are checked where they are used.
 * @param isLayered - Whether the options come from the layer above, which passes on more than is known here, and checks its own.
 * @throws {ArgumentError}
 */
export function checkBaseOptions(options: BaseSocketOptions, isLayered: boolean): void {
  checkOptions(options)
  if (!isLayered) checkKnown('options', options, baseOptionNames)
  checkAdvertised(options.advertise)
  const { identity, trustedProxies = [] } = options as Partial<BaseSocketOptions>
  if (!Array.isArray(trustedProxies) || !trustedProxies.every((host) => typeof host === 'string' && isIpAddress(host)))
    throw new ArgumentError('trustedProxies', 'an array of IP addresses', trustedProxies)
  if (typeof identity?.sign !== 'function') throw new ArgumentError('identity', 'made by identityFromSeed', identity)
}
