import { isIPv4 } from 'node:net'
import { ArgumentError, checkKnown, ClosedError, systemEnvironment } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import { LocalDiscovery } from './discovery.ts'
import type { Discovery } from './discovery.ts'
import type { LocalNode } from './local-node.ts'
import { multicastDnsPort, udpNetwork } from './network/udp-network.ts'

/** How nodes of the local network are looked for; everything has a default. */
export interface DiscoveryOptions {
  /** Default the platform's. Give the node's own, so that both log to the same place. */
  readonly environment?: Environment
  /** The UDP port; default 5353, which is that of multicast DNS. Nodes with another find only each other. */
  readonly port?: number
  /** The IPv4 address of the interface to use; default all. */
  readonly interface?: string
  /** Nodes found are dialed while the node has fewer links; default 3: the mesh finds the others through them. */
  readonly linksWanted?: number
}

const optionNames = Object.keys({
  environment: true,
  port: true,
  interface: true,
  linksWanted: true,
} satisfies Record<keyof DiscoveryOptions, true>)

/**
 * Finds the nodes of the same subnet on the local network by multicast DNS and links with them, and announces where the node
 * listens, so that they find it. The node need not listen yet, or at all.
 * @throws {ArgumentError} An option is not what it must be, or there is no such option.
 * @throws {ClosedError} The node is closed.
 * @throws {NotReadyError} The node is one that is kept, and was not read yet: await its `ready`, or `listen()`, before.
 */
export function discoverLocally(node: LocalNode, options: DiscoveryOptions = {}): Discovery {
  checkKnown('options', options, optionNames)
  const { environment = systemEnvironment(), port = multicastDnsPort, linksWanted = 3 } = options
  if (typeof (node as Partial<LocalNode> | undefined)?.connect !== 'function' || typeof node.id !== 'string')
    throw new ArgumentError('node', 'a MeshSocket or a SyncSocket', node)
  if (node.isClosed) throw new ClosedError('look for nodes')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new ArgumentError('port', 'from 1 to 65535', port)
  if (!Number.isInteger(linksWanted) || linksWanted < 1)
    throw new ArgumentError('linksWanted', 'a whole number, at least 1', linksWanted)
  if (options.interface !== undefined && !isIPv4(options.interface))
    throw new ArgumentError('interface', 'an IPv4 address of this machine', options.interface)
  return new LocalDiscovery(node, {
    environment,
    linksWanted,
    enter: udpNetwork({ port, interface: options.interface }),
  })
}
