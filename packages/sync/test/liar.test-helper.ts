import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, Connection } from '@ts2p/base'
import {
  batchMessage,
  channelNumber,
  createSubnet,
  decodeNeighborMessage,
  encodeNeighborMessage,
  encodeRecords,
  encodeIWant,
  identityFromSeed,
  OutgoingEnvelope,
} from '@ts2p/protocol'
import type { Identity, NeighborMessageKind, NodeId, OwnIdentity, Subnet, WireBatch, WireRecord } from '@ts2p/protocol'
import { signedBroadcast, simulationStart } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { recordId, SignedBatch } from '@ts2p/store'
import { batchesFrom } from '../src/replication/record-batches.ts'
import { port } from './network.test-helper.ts'
import { completeTerms, syncTerms } from '../src/network-lease-terms.ts'
import { syncChannelName } from '../src/sync-channel.ts'

const syncChannel = channelNumber(syncChannelName)

/** The subnet of simulated nodes. */
export function subnetOf(isSigned: boolean): Subnet {
  const terms = Object.entries(syncTerms(completeTerms({}))).map(([name, value]) => ({
    name: `${syncChannelName}.${name}`,
    value,
  }))
  return createSubnet({
    description: 'sync',
    security: 'plaintext',
    terms: [...terms, { name: 'mesh.signing', value: isSigned ? 'on' : 'off' }],
  })
}

/** A peer that shakes hands as it should, and then says what it likes. */
export interface Liar {
  readonly identity: OwnIdentity
  readonly connection: Connection
  readonly socket: BaseSocket
}

export interface LiarOptions {
  /** Default true. */
  readonly isSigned?: boolean
  /** Whether the node can dial the liar, at the host 'liar'. Default false. */
  readonly listens?: boolean
  /** Hears what the node says to its neighbors on the channel of the dictionary. */
  /** Hears the broadcasts on that channel; then it asks for all. */
  readonly onBroadcast?: (payload: Uint8Array) => void
  readonly onMessage?: (connection: Connection, kind: NeighborMessageKind, payload: Uint8Array) => void
}

/** Starts a liar and links it with a node. */
export async function startLiar(
  network: SimulatedNetwork,
  target: string,
  { isSigned = true, listens = false, onMessage = () => undefined, onBroadcast }: LiarOptions = {},
): Promise<Liar> {
  const host = network.simulation.host('liar')
  const identity = identityFromSeed(host.environment.randomBytes(32), host.environment.ed25519)
  const handler: BaseHandler = {
    onMessage: (connection, flag, payload, { channel }) => {
      if (flag === 'broadcast' && channel === syncChannel) onBroadcast?.(payload.slice())
      if (flag !== 'whisper' || channel !== syncChannel) return
      const message = decodeNeighborMessage(payload)
      onMessage(connection, message.kind, message.payload)
    },
    onLink: (connection) => {
      const everything = encodeIWant({ ranges: [], ageMsMax: 0, isEverything: true })
      if (onBroadcast) connection.send(new OutgoingEnvelope('resend', everything))
    },
    onUnlink: () => undefined,
    onWritable: () => undefined,
    onRefused: () => undefined,
    onDialFailed: () => undefined,
    onMaintenance: () => undefined,
    peerHints: () => [],
  }
  const socket = new BaseSocket(
    {
      identity,
      subnet: subnetOf(isSigned),
      environment: host.environment,
      transports: [network.transport(host)],
      listen: listens ? [{ host: host.name, port }] : [],
    },
    handler,
  )
  await socket.listen()
  return { identity, socket, connection: await dial(network, socket, target) }
}

/** Links a liar's socket with a node. */
export async function dial(network: SimulatedNetwork, socket: BaseSocket, target: string): Promise<Connection> {
  const dialed = socket.dial({ transport: 'sim', host: target, port })
  dialed.catch(() => undefined)
  network.simulation.runFor(1000)
  return dialed
}

/** A message to a neighbor on the channel of the dictionary. */
export function neighborMessage(kind: NeighborMessageKind, payload: Uint8Array): OutgoingEnvelope {
  return new OutgoingEnvelope('whisper', encodeNeighborMessage(kind, payload), { channel: syncChannel })
}

/** A broadcast, of some batches, that a source has signed. */
export function storeMessage(source: OwnIdentity, batches: readonly WireBatch[], sequence = 1): OutgoingEnvelope {
  const content = encodeRecords(batches)
  const header = { channel: syncChannel, epoch: 1, sequence, time: simulationStart, content }
  return new OutgoingEnvelope('broadcast', signedBroadcast(source, subnetOf(true).hash, header), {
    channel: syncChannel,
  })
}

/** A record as its owner may write it. */
export function wireRecord(key: string, now: number, value = 'from outside'): WireRecord {
  const timestamp = Math.floor(now / 1000) * 2 ** 20
  const [keyBytes, valueBytes] = [key, value].map((text) => new Uint8Array(Buffer.from(text)))
  return {
    acquired: timestamp,
    timestamp: timestamp,
    pruneWatermark: 0,
    released: false,
    leaseSeconds: 3600,
    ephemeral: false,
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
  const { signer, network = subnetOf(true).hash, keep } = options
  const ids = records.map((record) => recordId({ ...record, owner: owner.key }, network))
  const batch = SignedBatch.sign(ids, (root, size) => signer.sign(batchMessage(network, size, root)))
  const signed = records.map((record, index) => ({ ...record, owner: owner.key, proof: { batch, index } }))
  const kept = signed.filter((_, index) => keep?.includes(index) ?? true)
  return batchesFrom(kept)[0] ?? { owner: owner.key, records: [], proof: undefined }
}

/** A node's owned key. */
export function ownedKey(owner: { readonly id: NodeId }, rest: string): string {
  return `~${owner.id}/${rest}`
}
