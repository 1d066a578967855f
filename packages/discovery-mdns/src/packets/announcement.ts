import { isIPv4 } from 'node:net'
import { addressesPerNodeMax } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'
import type { Interface } from '../network/interfaces.ts'
import type { LocalNode } from '../local-node.ts'
import type { DnsPacket, ServiceRecord } from './packet.ts'

/** The name of the service, and that under which all kinds of services are listed (RFC 6763, 9). */
export const serviceName = '_ts2p._tcp.local'
export const serviceListName = '_services._dns-sd._udp.local'

/** How long others may keep what was announced, seconds; RFC 6762, 10 recommends it. */
const ttlSeconds = 120

/** Most IPv4 addresses that are told of one listener. */
const hostsMax = 4

/**
 * What a node says of itself: a packet for each address that it listens on.
 * @param lifetime seconds; 0 takes back what was said
 */
export function lazyPushOf(
  node: Pick<LocalNode, 'id' | 'subnet' | 'addresses'>,
  interfaces: readonly Interface[],
  lifetime: number = ttlSeconds,
): DnsPacket[] {
  return node.addresses.slice(0, addressesPerNodeMax).flatMap((address, index) => {
    const hosts = hostsOf(address, interfaces)
    if (!hosts) return []
    const label = `${node.id}-${index}`
    const names = { instance: `${label}.${serviceName}`, host: `${label}.local` }
    const texts = ['txtvers=1', `id=${node.id}`, `subnet=${node.subnet.id}`, `transport=${address.transport}`]
    const records: ServiceRecord[] = [
      { type: 'PTR', name: serviceName, ttlSeconds: lifetime, target: names.instance },
      { type: 'SRV', name: names.instance, ttlSeconds: lifetime, target: names.host, port: address.port },
      { type: 'TXT', name: names.instance, ttlSeconds: lifetime, texts },
      ...hosts.map((host) => ({ type: 'A', name: names.host, ttlSeconds: lifetime, address: host }) as const),
    ]
    return [{ type: 'response', records }]
  })
}

/** That there is this service at all: for tools that list every kind. */
export const serviceList: DnsPacket = {
  type: 'response',
  records: [{ type: 'PTR', name: serviceListName, ttlSeconds, target: serviceName }],
}

/** The IPv4 addresses of a listener; none is as good as that of the packet. Undefined: it has none, only IPv6 or a name. */
function hostsOf({ host }: Address, interfaces: readonly Interface[]): string[] | undefined {
  if (['', '0.0.0.0', '::'].includes(host)) {
    const hosts = interfaces.filter(({ isInternal }) => !isInternal).map(({ address }) => address)
    return hosts.slice(0, hostsMax)
  }
  if (host === 'localhost') return ['127.0.0.1']
  return isIPv4(host) ? [host] : undefined
}
