import { MeshSocket } from '@ts2p/mesh'
import { identityFromSeed } from '@ts2p/protocol'
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'
import type { NodeDescription } from '../src/wire.ts'
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
  const { security, description, leaseSeconds, leaseSecondsMax, isSigned } = subnet
  const options = {
    // Nothing between a page and its own machine's loopback can be listened to.
    transports: [{ ...websocket(), name: doorName, security }],
    subnet: description,
    identity: identityFromSeed(seed),
    ...(secret === null ? {} : { secret: bytesOf(secret) }),
  }
  if (leaseSeconds === null) {
    const socket = new MeshSocket(options)
    return { socket, dictionary: undefined, events: socket }
  }
  const longest = leaseSecondsMax === undefined ? {} : { leaseSecondsMax }
  const leases = leaseSeconds === 0 ? { leasing: false } : { leaseSeconds, ...longest }
  const dictionary = new SyncSocket({ ...options, ...leases, signing: isSigned, catchUpMs })
  return { socket: dictionary, dictionary, events: dictionary }
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
