import { createHash } from 'node:crypto'
import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { batchMessage, identityFromSeed, seedBytes } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { bytesFromBinary, recordId, SignedBatch } from '@ts2p/store'
import type { BinaryString, Change, Cut, Store, StoreRecord } from '@ts2p/store'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'

/** What the networks of the fuzzer keep at their keys. */
export type Value = string | Record<string, string>

/** Who a replica is, and who hears of its writes. */
export interface ReplicaPart {
  readonly identity: OwnIdentity
  readonly isLiar: boolean
  readonly onWrite: (change: Change) => void
}

/** What is compared of two replicas. */
export interface StateOptions {
  /** The records that one of the replicas may have dropped. */
  readonly cut: Cut
  readonly withEphemeral: boolean
}

/** A sync socket of which the store can be looked at, and whose events are held against it. */
export class Replica extends SyncSocket<string, Value> {
  /** What one knows who has only listened to the events. */
  readonly heard: Map<string, Value> = new Map()
  readonly isLiar: boolean
  readonly ownerKey: Uint8Array
  readonly #identity: OwnIdentity
  readonly #onWrite: (change: Change) => void

  constructor(options: SyncSocketOptions<string, Value>, part: ReplicaPart) {
    super({ ...options, identity: part.identity })
    this.isLiar = part.isLiar
    this.ownerKey = part.identity.key
    this.#identity = part.identity
    this.#onWrite = part.onWrite
    this.on('change', ({ type, key, value }) => {
      if (type === 'set') this.heard.set(key, value)
      else this.heard.delete(key)
    })
  }

  /** Sends to all what this node's own store need not hold. */
  spreadLie(change: Change): void {
    super.spread(change)
  }

  /** Holds a record as if it had been received. */
  apply(record: StoreRecord, nowMs: number): string {
    const result = this.store.apply(record, nowMs)
    if (result.outcome === 'accepted') this.announce([result.change])
    return result.outcome
  }

  /** A record with the signature that this node can give it. */
  signed(record: StoreRecord): StoreRecord {
    const batch = this.#sign([recordId(record, this.subnet.hash)])
    return { ...record, proof: { batch, index: 0 } }
  }

  /** Signs what is in a store of this node's. */
  sign(store: Store): void {
    store.signOwn((ids) => this.#sign(ids))
  }

  #sign(ids: readonly BinaryString[]): SignedBatch {
    return SignedBatch.sign(ids, (root, size) => this.#identity.sign(batchMessage(this.subnet.hash, size, root)))
  }

  /** The value of a key as bytes in hex. */
  valueInHex(key: string): string | undefined {
    const value = this.store.get(key)
    return value && hex(value)
  }

  /** The last cutoff at which this node has dropped ephemeral keys, a second since 1970. */
  get garbageBefore(): number {
    return this.store.garbageBefore
  }

  /** The ephemeral keys that this node renews. */
  get ownEphemeralKeys(): readonly string[] {
    return [...this.store.ownEphemeralKeys]
  }

  /** The keys that a reader sees, in an order that all replicas share. */
  get sortedKeys(): readonly string[] {
    return [...this.store.keys()].toSorted()
  }

  protected override spread(change: Change): void {
    this.#onWrite(change)
    super.spread(change)
  }

  /**
   * All that two replicas must have alike: keys, values, owners, timestamps, and the sums over all records but those that one of them may have
   * dropped.
   * @param options.withEphemeral whether what a reader sees of ephemeral keys must be alike, too
   */
  state({ cut, withEphemeral }: StateOptions): string {
    const { store } = this
    const keys = this.sortedKeys.filter((key) => withEphemeral || store.lease(key)?.ephemeral !== true)
    const entries = keys.map((key) => {
      const meta = store.meta(key)
      const fields = [...(store.fields(key) ?? [])].toSorted(byName).map(([field, value]) => `${field}:${hex(value)}`)
      return `${hex(bytesFromBinary(key))}=${hex(store.get(key))} ${meta?.owner} ${meta?.timestamp} ${fields.join(',')}`
    })
    const { count, root } = store.summaryOf(cut)
    return [`${count} records, root ${hex(root)}`, ...entries].join('\n')
  }

  /** A short name of the state. */
  stateHash(options: StateOptions): string {
    return createHash('sha256').update(this.state(options)).digest('hex').slice(0, 12)
  }

  /** Whether the events have told exactly what is there. */
  get isToldTruly(): boolean {
    return sorted(this.heard) === sorted(this.copy())
  }
}

/** The one port of each simulated host. */
export const port = 4444

/** A node on a host; it listens once it is told to. */
export function createReplica(
  network: SimulatedNetwork,
  host: Host,
  part: Omit<ReplicaPart, 'identity'> & { readonly leaseSeconds: number; readonly leaseSecondsMax: number },
): Replica {
  const { leaseSeconds, leaseSecondsMax } = part
  const options: SyncSocketOptions<string, Value> = {
    subnet: 'battery',
    transports: [network.transport(host)],
    listen: { host: host.name, port },
    environment: host.environment,
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    leasing: leaseSeconds > 0,
    ...(leaseSeconds > 0 ? { leaseSeconds, leaseSecondsMax } : {}),
  }
  const { environment } = host
  const identity = identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
  return new Replica(options, { ...part, identity })
}

function byName([x]: readonly [string, unknown], [y]: readonly [string, unknown]): number {
  if (x === y) return 0
  return x < y ? -1 : 1
}

function sorted(entries: ReadonlyMap<string, Value>): string {
  const inOrder = [...entries].toSorted(byName)
  return JSON.stringify(
    inOrder.map(([key, value]) => [key, typeof value === 'string' ? value : Object.entries(value).toSorted(byName)]),
  )
}

/** Bytes in hex; `-` if there are none. */
export function hex(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes).toString('hex') : '-'
}
