import type { Address } from '@ts2p/protocol'
import { isIpAddress, mayAdvertise, networkScope } from './network-scope.ts'
import type { NetworkScope } from './network-scope.ts'
import type { Link } from '../links/transport.ts'

const wildcardHosts: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** The address to tell others of a listener: on every interface, the host is left for the other side to fill in. */
export function advertisedAddress(listening: Address): Address {
  return wildcardHosts.has(listening.host) ? { ...listening, host: '' } : listening
}

/** From where a node at the other end of a link speaks, as far as this side can tell. */
export interface AddressSource {
  /** The host as this side sees it; empty if it does not. */
  readonly remoteHost: string
  readonly scope: NetworkScope
}

/** The other end of a link that came through a proxy: somebody, somewhere. */
export const proxiedSource: AddressSource = { remoteHost: '', scope: 'public' }

/** The other end of a link. A name of which the platform does not tell the address may be one of a private network. */
export function addressSourceOf({
  remoteHost,
  remoteIp,
  isPublicName = false,
}: Pick<Link, 'remoteHost' | 'remoteIp' | 'isPublicName'>): AddressSource {
  const scope = networkScope(remoteIp ?? remoteHost)
  const isUnknownName = remoteIp === undefined && !isPublicName && remoteHost !== '' && !isIpAddress(remoteHost)
  return { remoteHost, scope: isUnknownName && scope === 'public' ? 'private' : scope }
}

/**
 * The addresses that a node tells, as the other side may dial them: an empty host becomes the host that is seen, and an address of a
 * closer network than the node's own is left out. Else anybody could have a node dial services of its own machine or network.
 */
export function reachableAddresses(told: readonly Address[], { remoteHost, scope }: AddressSource): Address[] {
  return told.flatMap((address) => {
    if (address.host === '') return remoteHost === '' ? [] : [{ ...address, host: remoteHost }]
    return mayAdvertise(scope, networkScope(address.host)) ? [address] : []
  })
}
