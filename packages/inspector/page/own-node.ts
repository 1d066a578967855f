import { MeshSocket } from '@ts2p/mesh'
import { identityFromSeed } from '@ts2p/protocol'
import { SyncSocket } from '@ts2p/sync'
import type { LeasingOptions } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'
import type { NodeLeaseTerms, NodeDescription } from '../src/wire.ts'
import { bytesOf } from './seed.ts'

/** The dictionary as this page has it: names and values are bytes. */
export type PageDictionary = SyncSocket

/** The page as a node of the network: it dials the inspected node, by the inspector's door, and no other. */
export interface OwnNode {
  readonly socket: PageDictionary | MeshSocket
  /** Undefined where nodes have none. */
  readonly dictionary: PageDictionary | undefined
  /** Whether it is linked. */
  readonly events: { on(event: 'connect' | 'disconnect', listener: () => void): unknown }
}

const doorName = 'inspector'
/** A page compares before it writes, so long at most, milliseconds. */
const catchUpMs = 10_000

/** Makes the node, of the seed of its identity. */
export function createOwnNode({ subnet, secret }: NodeDescription, seed: Uint8Array): OwnNode {
  const { security, description, leaseTerms, isSigned } = subnet
  const options = {
    // Nothing between a page and its own machine's loopback can be listened to.
    transports: [{ ...websocket(), name: doorName, security }],
    subnet: description,
    identity: identityFromSeed(seed),
    ...(secret === null ? {} : { secret: bytesOf(secret) }),
  }
  if (leaseTerms === null) {
    const socket = new MeshSocket(options)
    return { socket, dictionary: undefined, events: socket }
  }
  const dictionary = new SyncSocket({ ...options, ...leasingOf(leaseTerms), signing: isSigned, catchUpMs })
  return { socket: dictionary, dictionary, events: dictionary }
}

/** The options by which a socket has these terms. */
function leasingOf({ leasing, leaseSeconds, leaseSecondsMax, policies }: NodeLeaseTerms): LeasingOptions {
  const bytes = policies.map(({ prefix, leasing: isLeased }) => ({
    prefix: Uint8Array.from(prefix, (character) => character.charCodeAt(0)),
    leasing: isLeased,
  }))
  return { leasing, policies: bytes, ...(leaseSeconds === 0 ? {} : { leaseSeconds, leaseSecondsMax }) }
}

/** Joins, and tries again until it has; later it comes back by itself. */
export async function join(
  { socket }: OwnNode,
  { door }: NodeDescription,
  onFailure: (sentence: string) => void,
): Promise<void> {
  for (let pauseMs = 500; ; pauseMs = Math.min(10_000, pauseMs * 2)) {
    try {
      return await socket.connect(door.host, door.port, doorName)
    } catch (error) {
      onFailure(`This page could not join. ${error instanceof Error ? error.message : String(error)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
