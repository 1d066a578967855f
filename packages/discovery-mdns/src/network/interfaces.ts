import { BlockList, isIPv4 } from 'node:net'

/** An IPv4 address of this machine. */
export interface Interface {
  readonly address: string
  /** Length of its network's prefix, bits. */
  readonly prefix: number
  /** Whether it is loopback. */
  readonly isInternal: boolean
}

/** Whether a packet can have come from this address without a router between (RFC 6762, 11). */
function isOnLink(address: string, interfaces: readonly Interface[]): boolean {
  if (!isIPv4(address)) return false
  const networks = new BlockList()
  networks.addSubnet('127.0.0.0', 8)
  for (const { address: own, prefix } of interfaces) networks.addSubnet(own, prefix)
  return networks.check(address)
}

/**
 * Where to dial a node: at the address that its announcement came from, so that nobody can have others dial a third. Only
 * on this machine it may name another of the machine's own, such as loopback.
 * @param hosts the addresses announced; none: that of the packet
 * @returns undefined if it cannot be reached from here
 */
export function hostToDial(
  { source, hosts }: { readonly source: string; readonly hosts: readonly string[] },
  interfaces: readonly Interface[],
): string | undefined {
  if (!isOnLink(source, interfaces)) return undefined
  if (hosts.length === 0 || hosts.includes(source)) return source
  const isOwn = (host: string): boolean => isLoopback(host) || interfaces.some(({ address }) => address === host)
  return isOwn(source) ? hosts.find(isOwn) : undefined
}

function isLoopback(host: string): boolean {
  return isIPv4(host) && host.startsWith('127.')
}
