import type { Connection, Environment, RefusedError } from '@ts2p/base'
import { ArgumentError } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { Channel, MeshSocketOptions } from '@ts2p/mesh'
import { batchMessage, decodeNeighborMessage, nodeIdFromKey, portableEd25519 } from '@ts2p/protocol'
import type { NodeId, OwnIdentity } from '@ts2p/protocol'
import { defaultStoreLimits, SignedBatch, Store } from '@ts2p/store'
import type { BinaryString, Change, StoreLimits } from '@ts2p/store'
import { CatchUp } from './anti-entropy/catch-up.ts'
import { ClockWatch } from './clocks/clock-watch.ts'
import { Contact } from './anti-entropy/contact.ts'
import { Cursors } from './anti-entropy/cursors.ts'
import { Journal } from './replication/journal.ts'
import { Acknowledgments } from './replication/acknowledgments.ts'
import { recordBytesMax, recordOverheadBytes } from './replication/record-payload.ts'
import { Replicator } from './replication/replicator.ts'
import { sendOn, syncChannelName, syncTerms } from './sync-channel.ts'
import { Verifier } from './replication/verifier.ts'

/** What a node is made of: with all that the socket's options may leave out. */
export interface NodeOptions extends MeshSocketOptions {
  readonly environment: Environment
  readonly identity: OwnIdentity
  /** 0 without leases. */
  readonly leaseSeconds: number
  /** Whether records are signed. */
  readonly isSigned: boolean
  readonly storeLimits: Partial<StoreLimits>
  readonly catchUpMs?: number
}

/** What a socket consists of, once it is known who it is. */
export interface Node {
  readonly mesh: MeshSocket
  readonly channel: Channel
  readonly store: Store
  readonly networkId: Uint8Array
  readonly verifier: Verifier
  readonly replicator: Replicator
  readonly acknowledgments: Acknowledgments
  readonly catchUp: CatchUp
  readonly contact: Contact
  readonly cursors: Cursors
  readonly clockWatch: ClockWatch
}

/** What a node tells the socket that it belongs to. */
export interface NodeUpper {
  /** Something came from the network, and is in the store. */
  onChanges(changes: readonly Change[]): void
  /** Of these keys nothing is left, not even that they were deleted. */
  onForgotten(keys: readonly BinaryString[]): void
  /** There are neighbours: told about once a minute. */
  onContact(nowMs: number): void
  /** Twice a second. */
  onSweep(): void
  tell(event: 'connect' | 'disconnect' | 'message'): void
  tellOfPeer(event: 'peer-connect' | 'peer-disconnect', connection: Connection): void
  onRefused(error: RefusedError): void
}

/**
 * Makes mesh and store, and what is between them.
 * @throws {ArgumentError} Values would not fit into a frame, or `catchUpMs` is no number above 0.
 */
export function buildNode(
  { leaseSeconds, isSigned, storeLimits, catchUpMs, ...meshOptions }: NodeOptions,
  upper: NodeUpper,
): Node {
  const { environment, identity } = meshOptions
  if (catchUpMs !== undefined && !(typeof catchUpMs === 'number' && catchUpMs > 0)) {
    throw new ArgumentError('catchUpMs', 'a number of milliseconds above 0', catchUpMs)
  }
  const mesh = new MeshSocket({ subnet: 'sync', ...meshOptions })
  const channel = mesh.openChannel(syncChannelName, {
    terms: syncTerms({ leaseSeconds, isSigned }),
    onBroadcast: (payload, { from }) => replicator.onStore(from, payload),
    onMessage: (bytes, from) => {
      const { kind, payload } = decodeNeighborMessage(bytes)
      if (kind === 'question') acknowledgments.onQuestion(from, payload)
      if (kind === 'answer') acknowledgments.onAnswer(from, payload)
      if (kind === 'question' || kind === 'answer') return 'ignore'
      catchUp.onTraffic(from)
      if (kind === 'records') return replicator.onRecords(from, payload)
      replicator.onCompare(from, payload)
      return 'ignore'
    },
    onPeerUp: (peer) => onNeighbor(peer),
    onDrain: (peer) => onNeighbor(peer),
    onPeerDown: (peer) => {
      replicator.onNeighbourLost(peer)
      catchUp.onNeighbourLost(peer)
      clockWatch.look()
    },
    onSweep: (now) => {
      replicator.sweep(now)
      acknowledgments.sweep(now)
      catchUp.sweep(now)
      clockWatch.look()
      upper.onSweep()
    },
  })
  const onNeighbor = (peer: Connection): void => {
    replicator.onNeighbour(peer)
    clockWatch.look()
    // After the question by which the comparison begins, so that it is answered first.
    catchUp.onNeighbour(peer)
  }
  for (const event of ['connect', 'disconnect', 'message'] as const) mesh.on(event, () => upper.tell(event))
  for (const event of ['peer-connect', 'peer-disconnect'] as const)
    mesh.on(event, (peer) => upper.tellOfPeer(event, peer))
  mesh.on('refused', (error) => upper.onRefused(error))
  const { limits } = mesh
  const send = sendOn(channel)
  const report = (code: string, message: string): void => channel.report(code, message)
  const networkId = mesh.subnet.hash
  const verifier = new Verifier({ networkId, ed25519: environment.ed25519 ?? portableEd25519 })
  const store = new Store({
    owner: identity.key,
    leaseSeconds,
    networkId,
    signed: isSigned,
    idOf: nodeIdFromKey,
    limits: storeLimits,
  })
  const { keyBytesMax, valueBytesMax, horizonMs, driftMsMax, driftMsRefused } = {
    ...defaultStoreLimits,
    ...storeLimits,
  }
  const bytesMax = recordBytesMax(limits) - 2 * keyBytesMax - recordOverheadBytes
  if (valueBytesMax > bytesMax) {
    throw new ArgumentError(
      'storeLimits.valueBytesMax',
      `at most ${bytesMax}, so that a record fits into a frame of limits.frameBytesMax`,
      valueBytesMax,
    )
  }
  const clockWatch = new ClockWatch({
    environment,
    neighbours: () => mesh.routingTable?.values() ?? [],
    aheadMsMax: driftMsMax,
    refusedMs: driftMsRefused,
    report,
  })
  const cursors = new Cursors()
  const contact = new Contact(Math.max(horizonMs, leaseSeconds * 1000), (nowMs) => upper.onContact(nowMs))
  const sign = (root: Uint8Array, size: number): Uint8Array => identity.sign(batchMessage(networkId, size, root))
  const replicator: Replicator = new Replicator({
    owner: identity.key,
    store,
    ...{ send, report, limits, environment, contact },
    broadcast: (payload) => void channel.broadcast(payload),
    journal: new Journal(() => epochFrom(environment.randomBytes(4))),
    cursors,
    verifier: isSigned ? verifier : undefined,
    driftMsRefused,
    isClockApart: (connection) => clockWatch.isTooFar(connection),
    seal: (options) => store.sealOwn((ids) => SignedBatch.sign(ids, sign), options),
    onForgotten: (keys) => upper.onForgotten(keys),
    onChanges: (changes) => upper.onChanges(changes),
  })
  const acknowledgments = new Acknowledgments({
    ...{ send, limits, store, environment },
    neighbors: () => mesh.routingTable ?? new Map<NodeId, Connection>(),
    isLeased: leaseSeconds > 0,
    owes: (connection) => replicator.owes(connection),
    flush: () => replicator.flush(),
  })
  const catchUp = new CatchUp({
    acknowledgments,
    environment,
    isComparing: (connection) => replicator.isComparing(connection),
    patienceMs: catchUpMs,
  })
  return {
    mesh,
    channel,
    store,
    networkId,
    verifier,
    replicator,
    acknowledgments,
    catchUp,
    contact,
    cursors,
    clockWatch,
  }
}

function epochFrom([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}
