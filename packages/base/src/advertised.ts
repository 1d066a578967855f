import type { Address } from '@ts2p/protocol'

const wildcardHosts: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** The address to tell others of a listener: on every interface, the host is left for the other side to fill in. */
export function advertisedAddress(listening: Address): Address {
  return wildcardHosts.has(listening.host) ? { ...listening, host: '' } : listening
}

/**
 * The addresses of a peer as its neighbour can use them: an empty host becomes the host that the neighbour sees, and a
 * loopback address of another machine is nobody's.
 */
export function reachableAddresses(advertised: readonly Address[], remoteHost: string): Address[] {
  return advertised.flatMap((address) => {
    if (address.host === '') return remoteHost === '' ? [] : [{ ...address, host: remoteHost }]
    return isLoopback(address.host) && !isLoopback(remoteHost) ? [] : [address]
  })
}

/** Whether a host is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
