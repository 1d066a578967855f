import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, Connection } from '@ts2p/base'
import {
  batchMessage,
  createSubnet,
  encodeFlood,
  encodeRecords,
  identityFromSeed,
  OutgoingEnvelope,
  PacketLists,
} from '@ts2p/protocol'
import type { Flag, Identity, NodeId, OwnIdentity, WireBatch, WireRecord } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { recordId, SignedBatch } from '@ts2p/store'
import { batchesFrom } from './record-batches.ts'
import { port } from './network.test-helper.ts'

const terms = { description: 'sync', security: 'plaintext', leaseSeconds: 3600 } as const
const subnet = createSubnet({ ...terms, isSigned: true })

/** A peer that shakes hands as it should, and then says what it likes. */
export interface Liar {
  readonly identity: OwnIdentity
  readonly connection: Connection
  readonly socket: BaseSocket
}

export interface LiarOptions {
  /** Default true. */
  readonly isSigned?: boolean
  /** Hears what the node says. */
  readonly onMessage?: (connection: Connection, flag: Flag, payload: Uint8Array) => void
}

/** Starts a liar and links it with a node. */
export async function startLiar(
  network: SimulatedNetwork,
  target: string,
  { isSigned = true, onMessage = () => undefined }: LiarOptions = {},
): Promise<Liar> {
  const host = network.simulation.host('liar')
  const identity = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const handler: BaseHandler = {
    onMessage,
    onLink: () => undefined,
    onUnlink: () => undefined,
    onWritable: () => undefined,
    onRefused: () => undefined,
    onDialFailed: () => undefined,
    onSweep: () => undefined,
    alternatives: () => [],
  }
  const socket = new BaseSocket(
    {
      identity,
      subnet: createSubnet({ ...terms, isSigned }),
      environment: host.environment,
      transports: [network.transport(host)],
    },
    handler,
  )
  return { identity, socket, connection: await dial(network, socket, target) }
}

/** Links a liar's socket with a node. */
export async function dial(network: SimulatedNetwork, socket: BaseSocket, target: string): Promise<Connection> {
  const dialled = socket.dial({ transport: 'sim', host: target, port })
  dialled.catch(() => undefined)
  network.simulation.runFor(1000)
  return dialled
}

/** A message to all, of some batches, in the name of an origin. */
export function storeMessage(origin: Identity, batches: readonly WireBatch[], sequence = 1): OutgoingEnvelope {
  const id = { origin: origin.hash, epoch: 1, sequence }
  return new OutgoingEnvelope(
    'store',
    encodeFlood({ id, time: 0, messages: PacketLists.of([[]]), payload: encodeRecords(batches) }),
  )
}

/** A record as its owner may write it. */
export function wireRecord(key: string, now: number, value = 'from outside'): WireRecord {
  const stamp = Math.floor(now / 1000) * 2 ** 20
  const [keyBytes, valueBytes] = [key, value].map((text) => new Uint8Array(Buffer.from(text)))
  return {
    acquired: stamp,
    stamp,
    closing: 0,
    released: false,
    key: keyBytes ?? new Uint8Array(0),
    value: valueBytes ?? new Uint8Array(0),
    field: undefined,
  }
}

/** Records of one owner, signed by whoever signs, for a network; of these some, by default all. */
export function batchOf(
  owner: Identity,
  records: readonly WireRecord[],
  options: { readonly signer: OwnIdentity; readonly network?: Uint8Array; readonly keep?: readonly number[] },
): WireBatch {
  const { signer, network = subnet.hash, keep } = options
  const ids = records.map((record) => recordId({ ...record, owner: owner.key }, network))
  const batch = SignedBatch.sign(ids, (root, size) => signer.sign(batchMessage(network, size, root)))
  const sealed = records.map((record, index) => ({ ...record, owner: owner.key, proof: { batch, index } }))
  const kept = sealed.filter((_, index) => keep?.includes(index) ?? true)
  return batchesFrom(kept)[0] ?? { owner: owner.key, records: [], seal: undefined }
}

/** A node's owned key. */
export function ownedKey(owner: { readonly id: NodeId }, rest: string): string {
  return `~${owner.id}/${rest}`
}
