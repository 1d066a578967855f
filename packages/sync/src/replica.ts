import type { Connection, Environment, Failure, RefusedError, WaitOptions } from '@ts2p/base'
import { ArgumentError } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { Channel, ConnectArguments, MeshSocketOptions, Verdict } from '@ts2p/mesh'
import { batchMessage, decodeNeighborMessage, encodeRecords, nodeIdFromKey, portableEd25519 } from '@ts2p/protocol'
import type { NodeId, OwnIdentity } from '@ts2p/protocol'
import {
  binaryFromBytes,
  defaultStoreLimits,
  PersistenceMismatchError,
  secondOf,
  SignedBatch,
  Store,
} from '@ts2p/store'
import type { BinaryString, Change, StoreLimits, StoreRecord } from '@ts2p/store'
import { CatchUpGate } from './anti-entropy/catch-up-gate.ts'
import { PartitionDetector } from './anti-entropy/partition-detector.ts'
import { Cursors } from './anti-entropy/cursors.ts'
import { ClockWatch } from './clocks/clock-watch.ts'
import { networkTime } from './clocks/network-time.ts'
import type { ClocksDiffer } from './clocks/clock-watch.ts'
import { EarlyRecordReports } from './clocks/early-record-reports.ts'
import { EphemeralMaintenance } from './ephemeral/ephemeral-maintenance.ts'
import type { Contest } from './clocks/early-record-reports.ts'
import type { PersistedState } from './persistence/persisted-state.ts'
import { Acknowledgments } from './replication/acknowledgments.ts'
import { Journal } from './replication/journal.ts'
import { batchesFrom, recordOf } from './replication/record-batches.ts'
import { recordBytesMax, recordOverheadBytes } from './replication/record-payload.ts'
import { Replicator } from './replication/replicator.ts'
import { Verifier } from './replication/verifier.ts'
import { syncTerms } from './network-lease-terms.ts'
import type { LeaseTerms } from './network-lease-terms.ts'
import { broadcastOn, sendOn, syncChannelName } from './sync-channel.ts'

/** How long a close waits until slow neighbors have taken what was set, milliseconds. Then 5 s are left for what is queued. */
const drainMs = 5000

/** What a replica is made of: with all that the socket's options may leave out. */
export interface ReplicaOptions extends MeshSocketOptions {
  readonly environment: Environment
  readonly identity: OwnIdentity
  readonly terms: LeaseTerms
  /** Whether records are signed. */
  readonly isSigned: boolean
  readonly storeLimits: Partial<StoreLimits>
  readonly catchUpMs?: number
}

/** What a replica reports to the socket that it belongs to. */
export interface ReplicaListener {
  /** Something came from the network, and is in the store. */
  onChanges(changes: readonly Change[]): void
  /** This node has written something by itself, which is to be spread. */
  onPublish(changes: readonly Change[]): void
  /** Of these keys nothing is left, not even that they were deleted. */
  onForgotten(keys: readonly BinaryString[]): void
  /** The store dropped what is not its own. */
  onDropped(): void
  /** There are neighbors: called about once a minute. */
  onContact(nowMs: number): void
  /** Twice a second. */
  onMaintenance(): void
  onMeshEvent(event: 'connect' | 'disconnect' | 'message'): void
  onPeerEvent(event: 'peer-connect' | 'peer-disconnect', connection: Connection): void
  onRefused(error: RefusedError): void
  /** A neighbor has no room for what this node has written at these keys. */
  onWritesRefused(keys: readonly BinaryString[], by: NodeId): void
  onClocksDiffer(found: ClocksDiffer): void
  /** Another node seems to hold a lease that this node holds. */
  onContested(contest: Contest): void
}

/** One copy of the dictionary: a mesh node, a store, and what keeps the store and those of other nodes the same. */
export class Replica {
  readonly mesh: MeshSocket
  readonly store: Store
  readonly cursors: Cursors = new Cursors()
  readonly acknowledgments: Acknowledgments
  readonly catchUp: CatchUpGate
  readonly clockWatch: ClockWatch
  readonly ephemeral: EphemeralMaintenance
  readonly replicator: Replicator
  readonly #environment: Environment
  readonly #listener: ReplicaListener
  readonly #channel: Channel
  readonly #verifier: Verifier
  readonly #contact: PartitionDetector

  /** @throws {ArgumentError} Values would not fit into a frame, or `catchUpMs` is no number of milliseconds. */
  constructor({ terms, isSigned, storeLimits, catchUpMs, ...meshOptions }: ReplicaOptions, listener: ReplicaListener) {
    const { environment, identity } = meshOptions
    if (catchUpMs !== undefined && !(typeof catchUpMs === 'number' && catchUpMs >= 0 && catchUpMs < 2 ** 31)) {
      throw new ArgumentError('catchUpMs', 'a number of milliseconds, 0 or more', catchUpMs)
    }
    this.#environment = environment
    this.#listener = listener
    const mesh = new MeshSocket({ subnet: 'sync', signing: isSigned, ...meshOptions })
    this.mesh = mesh
    this.#channel = mesh.openChannel(syncChannelName, {
      terms: syncTerms(terms),
      onBroadcast: (payload, arrival) => this.replicator.onStore(payload, arrival),
      onMessage: (payload, from) => this.#onMessage(payload, from),
      onPeerUp: (peer) => this.#onPeer(peer),
      onDrain: (peer) => this.#onPeer(peer),
      onPeerDown: (peer) => this.#onPeerDown(peer),
      onMaintenance: (now) => this.#onMaintenance(now),
      onClose: () => this.#onClose(),
    })
    const channel = this.#channel
    const { limits } = mesh
    const limitsOfStore = { ...defaultStoreLimits, ...storeLimits }
    assertFits(limitsOfStore, limits.frameBytesMax)
    const send = sendOn(channel)
    const report = (code: string, message: string): void => channel.report(code, message)
    const networkId = mesh.subnet.hash
    this.#verifier = new Verifier({ networkId, ed25519: environment.ed25519 ?? portableEd25519 })
    const store = new Store({
      owner: identity.key,
      ...terms,
      networkId,
      signed: isSigned,
      drawSeed: () => epochFrom(environment.randomBytes(4)),
      idOf: nodeIdFromKey,
      limits: storeLimits,
    })
    this.store = store
    const { tombstoneRetentionMs, driftMsMax, driftMsRefused } = limitsOfStore
    const clockWatch = new ClockWatch({
      ...{ environment, report, leaseMs: terms.leaseSeconds * 1000, aheadMsMax: driftMsMax, refusedMs: driftMsRefused },
      neighbors: () => mesh.routingTable?.values() ?? [],
      onDiffer: (found) => listener.onClocksDiffer(found),
    })
    this.clockWatch = clockWatch
    this.#contact = new PartitionDetector(Math.max(tombstoneRetentionMs, terms.leaseSecondsMax * 1000), (nowMs) =>
      listener.onContact(nowMs),
    )
    const early = new EarlyRecordReports({
      ...{ store, report, now: () => environment.now() },
      onContested: (contest) => listener.onContested(contest),
    })
    const sign = (root: Uint8Array, size: number): Uint8Array => identity.sign(batchMessage(networkId, size, root))
    const replicator = new Replicator({
      ...{ owner: identity.key, networkId, store, send, report, limits, environment, driftMsRefused },
      ...{ contact: this.#contact, cursors: this.cursors },
      broadcast: (payload) => broadcastOn(channel, payload),
      journal: new Journal(() => epochFrom(environment.randomBytes(4))),
      verifier: isSigned ? this.#verifier : undefined,
      isClockApart: (connection) => clockWatch.isTooFar(connection),
      onEarly: (records) => early.add(records),
      sign: (options) => store.signOwn((ids) => SignedBatch.sign(ids, sign), options),
      onForgotten: (keys) => listener.onForgotten(keys),
      onDropped: () => listener.onDropped(),
      onChanges: (changes) => {
        listener.onChanges(changes)
        this.ephemeral.onReceived(changes)
        this.ephemeral.onChange()
      },
    })
    this.replicator = replicator
    this.ephemeral = new EphemeralMaintenance({
      ...{ store, environment },
      networkTime: () => networkTime(environment, mesh.routingTable?.values() ?? []),
      mayRenew: () => clockWatch.error === undefined,
      publish: (changes) => listener.onPublish(changes),
      tell: (changes) => listener.onChanges(changes),
    })
    const acknowledgments = new Acknowledgments({
      ...{ send, limits, store, environment },
      neighbors: () => mesh.routingTable ?? new Map<NodeId, Connection>(),
      owes: (connection) => replicator.owes(connection),
      flush: () => replicator.flush(),
      whyHeldBack: (timestamp) => clockWatch.whyHeldBack(secondOf(timestamp) * 1000),
    })
    this.acknowledgments = acknowledgments
    this.catchUp = new CatchUpGate({
      ...{ acknowledgments, environment, catchUpMs },
      isComparing: (connection) => replicator.isComparing(connection),
    })
    if (meshOptions.join !== undefined && [meshOptions.join].flat().length > 0) this.catchUp.onDial()
    for (const event of ['connect', 'disconnect', 'message'] as const) mesh.on(event, () => listener.onMeshEvent(event))
    for (const event of ['peer-connect', 'peer-disconnect'] as const) {
      mesh.on(event, (peer) => listener.onPeerEvent(event, peer))
    }
    mesh.on('refused', (error) => listener.onRefused(error))
  }

  /** The hash of the subnet, 32 bytes. */
  get networkId(): Uint8Array {
    return this.mesh.subnet.hash
  }

  /** The greatest timestamp in use. */
  get latestTimestamp(): number {
    return this.store.clock.latest
  }

  /** How much too early the saved contact time may be while nothing changes, milliseconds. */
  get contactPrecisionMs(): number {
    return this.#contact.precisionMs
  }

  /** When this node last had a neighbor, milliseconds since 1970; undefined: never. */
  get contactMs(): number | undefined {
    return this.#contact.latestMs
  }

  /** No timestamp above this one may be given out. */
  onReserved(timestamp: number): void {
    this.store.clock.reserve(timestamp)
  }

  /** Takes over what was saved in an earlier life. @throws {PersistenceMismatchError} @throws {PersistenceCorruptError} */
  async restore(saved: PersistedState): Promise<void> {
    const { place, identity, network, contact, cursors, clock, batches } = saved
    if (network && binaryFromBytes(network) !== binaryFromBytes(this.networkId)) {
      throw new PersistenceMismatchError({ place, what: 'network' })
    }
    if (identity) this.catchUp.onRestored()
    if (contact) {
      this.#contact.restore(contact.contactMs)
      this.store.missesDeletionsBefore(contact.completeSince)
    }
    for (const [id, position] of cursors) this.cursors.set(id, position)
    for await (const piece of batches) {
      for (const batch of piece) {
        const proofs = this.#verifier.trustedProofs(batch)
        batch.records.forEach((record, index) => {
          this.store.restore({ ...recordOf(batch, record), proof: proofs.at(index) })
        })
        proofs.release()
      }
    }
    this.store.clock.observe(clock)
    // Leases that ran out while nobody was here, and those reported in an earlier life, are not reported.
    this.store.expiredLeases(this.#environment.now())
  }

  /** Joins a network by a node. The first call starts the catch-up, by a link in either direction: two nodes that dial each other have one. */
  async connect(...target: ConnectArguments): Promise<void> {
    this.catchUp.onDial()
    await this.mesh.connect(...target)
    this.catchUp.onJoined(this.mesh.routingTable?.values() ?? [])
  }

  /** Joins a network by the addresses of the option `join`. */
  async join(wait: WaitOptions): Promise<void> {
    await this.mesh.join(wait)
    this.catchUp.onJoined(this.mesh.routingTable?.values() ?? [])
  }

  /** The records of a key, encoded; undefined if there are none. */
  encodedRecords(key: BinaryString): Uint8Array | undefined {
    // An ephemeral key does not outlive its node.
    const records = this.store.held.recordsOf(key).filter(({ ephemeral }) => !ephemeral)
    return records.length === 0
      ? undefined
      : encodeRecords(batchesFrom(records.map((record) => this.#unproven(record))))
  }

  /** Records an issue of the dictionary, and logs the exception behind it. */
  report(code: string, message: string, failure?: Failure): void {
    this.#channel.report(code, message, failure)
  }

  /** What the node wrote itself it can sign again: a proof would take more room than most records. */
  #unproven(record: StoreRecord): StoreRecord {
    return nodeIdFromKey(record.owner) === this.store.id ? { ...record, proof: undefined } : record
  }

  /** @throws {ProtocolError} */
  #onMessage(bytes: Uint8Array, from: Connection): Verdict {
    const { kind, payload } = decodeNeighborMessage(bytes)
    if (kind === 'records' || kind === 'reconciliation') this.catchUp.onTraffic(from)
    switch (kind) {
      case 'records':
        return this.replicator.onRecords(from, payload)
      case 'reconciliation':
        this.replicator.onCompare(from, payload)
        break
      case 'acknowledgment-request':
        this.acknowledgments.onQuestion(from, payload)
        break
      case 'acknowledgment-reply':
        this.acknowledgments.onAnswer(from, payload)
        break
      case 'refused': {
        const keys = this.replicator.onRefused(from, payload)
        if (keys.length > 0) this.#listener.onWritesRefused(keys, from.id)
      }
    }
    return 'ignore'
  }

  /** A neighbor is there, or its link takes data again. */
  #onPeer(peer: Connection): void {
    this.replicator.onNeighbor(peer)
    this.clockWatch.look()
    // After the question by which the comparison begins, so that it is answered first.
    this.catchUp.onNeighbor(peer)
  }

  #onPeerDown(peer: Connection): void {
    this.replicator.onNeighborLost(peer)
    this.catchUp.onNeighborLost(peer)
    this.clockWatch.look()
  }

  /** Rejects what waits, and sends what waits. Slow neighbors are waited for. */
  async #onClose(): Promise<void> {
    this.acknowledgments.close()
    this.catchUp.close()
    this.ephemeral.close()
    if (await this.replicator.drain(drainMs)) return
    this.report(
      'close-incomplete',
      'A neighbor is too slow: what was set or released last may have reached no other node.',
    )
  }

  #onMaintenance(now: number): void {
    this.replicator.maintain(now)
    this.acknowledgments.checkTimeouts(now)
    this.catchUp.checkTimeout()
    this.clockWatch.look()
    const dropped = this.ephemeral.run()
    if (dropped.length > 0) this.#listener.onForgotten(dropped)
    this.#listener.onMaintenance()
  }
}

/** @throws {ArgumentError} */
function assertFits({ keyBytesMax, valueBytesMax }: StoreLimits, frameBytesMax: number): void {
  const bytesMax = recordBytesMax({ frameBytesMax }) - 2 * keyBytesMax - recordOverheadBytes
  if (valueBytesMax <= bytesMax) return
  throw new ArgumentError(
    'storeLimits.valueBytesMax',
    `at most ${bytesMax}, so that a record fits into a frame of limits.frameBytesMax`,
    valueBytesMax,
  )
}

function epochFrom([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}
