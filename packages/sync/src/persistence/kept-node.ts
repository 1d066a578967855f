import { decodeRecords, encodeRecords, nodeIdFromKey } from '@ts2p/protocol'
import type { NodeId, OwnIdentity, Position } from '@ts2p/protocol'
import type { Environment } from '@ts2p/base'
import { binaryFromBytes, PersistenceCorruptError, PersistenceMismatchError } from '@ts2p/store'
import type { Store, StoreRecord } from '@ts2p/store'
import type { CatchUp } from '../anti-entropy/catch-up.ts'
import type { Keeper } from './keeper.ts'
import type { Contact } from '../anti-entropy/contact.ts'
import type { Cursors } from '../anti-entropy/cursors.ts'
import { decodeCursors } from './kept-cursors.ts'
import { decodeIdentity, encodeIdentity, identityAgain } from './kept-identity.ts'
import type { KeptIdentity } from './kept-identity.ts'
import type { KeptNodes } from './kept-nodes.ts'
import { decodeTime } from './kept-time.ts'
import { newIdentity } from '../new-identity.ts'
import { batchesFrom, recordOf } from '../replication/record-batches.ts'
import type { Verifier } from '../replication/verifier.ts'

/** What of a node is concerned. */
interface KeptParts {
  readonly store: Store
  readonly networkId: Uint8Array
  readonly verifier: Verifier
  readonly catchUp: CatchUp
  readonly contact: Contact
  readonly cursors: Cursors
}

/** What a node is made anew with. */
export interface KeptNodeOptions<N> {
  readonly environment: Environment
  /** The identity given to the socket; undefined: the one kept, or else a new one. */
  readonly given: OwnIdentity | undefined
  /** Gets the nodes that were known. */
  readonly keptNodes: KeptNodes
  /** Makes the node of an identity. */
  readonly build: (identity: OwnIdentity) => N
}

/**
 * Makes a node of what is kept, and begins to keep it: identity, records, clock. Until this resolves nobody can write,
 * and no stamp is given out.
 * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError} @throws {PersistenceInUseError}
 * @throws {PersistenceFailedError}
 */
export async function openNode<N extends KeptParts>(
  keeper: Keeper,
  { environment, given, build, keptNodes }: KeptNodeOptions<N>,
): Promise<N> {
  const opened = new Opened<N>(keeper.place)
  await keeper.load((named) => {
    const { identity, kept: keptIdentity } = opened.identity(named.get('identity'), { given, environment })
    opened.node = build(identity)
    opened.assertNetwork(named.get('network'), opened.node.networkId)
    if (named.has('identity')) opened.node.catchUp.begin()
    else keeper.keep('identity', encodeIdentity(keptIdentity))
    const contact = named.get('contact')
    if (contact) opened.node.contact.restore(opened.time(contact))
    const { cursors } = opened.node
    const kept = named.get('cursors')
    if (kept) for (const [id, position] of opened.cursors(kept)) cursors.set(id, position)
    const nodes = named.get('nodes')
    if (nodes) opened.nodes(keptNodes, nodes)
    if (!named.has('network')) keeper.keep('network', opened.node.networkId)
    const { store, verifier } = opened.node
    return (records) => opened.restore({ store, verifier }, records)
  })
  const { node } = opened
  if (!node) throw new PersistenceCorruptError({ place: keeper.place, reason: 'nothing could be read' })
  const { store } = node
  store.clock.witness(keeper.clock)
  // Leases that ran out while nobody was here, and those told of in an earlier life, are not told of.
  store.expiredLeases(environment.now())
  await keeper.start({
    encoded: (key) => {
      const records = store.held.recordsOf(key)
      return records.length === 0 ? undefined : encodeRecords(batchesFrom(records.map(withoutOwnProof(store))))
    },
    clock: () => store.clock.latest,
  })
  return node
}

class Opened<N> {
  readonly #place: string
  node: N | undefined

  constructor(place: string) {
    this.#place = place
  }

  identity(
    bytes: Uint8Array | undefined,
    { given, environment }: { given: OwnIdentity | undefined; environment: Environment },
  ): { identity: OwnIdentity; kept: KeptIdentity } {
    if (!bytes && given) return { identity: given, kept: { kind: 'given', key: given.key } }
    if (!bytes) {
      const { identity, seed } = newIdentity(environment)
      return { identity, kept: { kind: 'made', seed } }
    }
    const kept = this.#read('the identity', () => decodeIdentity(bytes))
    return { identity: identityAgain(kept, given, environment.ed25519) ?? this.#mismatch('identity'), kept }
  }

  time(bytes: Uint8Array): number {
    return this.#read('a time', () => decodeTime(bytes))
  }

  cursors(bytes: Uint8Array): [NodeId, Position][] {
    return this.#read('the cursors', () => decodeCursors(bytes))
  }

  nodes(keptNodes: KeptNodes, bytes: Uint8Array): void {
    this.#read('the nodes known', () => keptNodes.restore(bytes))
  }

  assertNetwork(kept: Uint8Array | undefined, networkId: Uint8Array): void {
    if (kept && binaryFromBytes(kept) !== binaryFromBytes(networkId)) this.#mismatch('network')
  }

  restore({ store, verifier }: { store: Store; verifier: Verifier }, records: Uint8Array): void {
    for (const batch of this.#read('a record', () => decodeRecords(records))) {
      const proofs = verifier.trustedProofs(batch)
      batch.records.forEach((record, place) => store.restore({ ...recordOf(batch, record), proof: proofs.at(place) }))
      proofs.release()
    }
  }

  #read<T>(what: string, read: () => T): T {
    try {
      return read()
    } catch (cause) {
      throw new PersistenceCorruptError({ place: this.#place, reason: `${what} cannot be read` }, { cause })
    }
  }

  #mismatch(what: 'identity' | 'network'): never {
    throw new PersistenceMismatchError({ place: this.#place, what })
  }
}

/** What the node wrote itself it can sign again: a proof would take more room than most records. */
function withoutOwnProof(store: Store): (record: StoreRecord) => StoreRecord {
  return (record) => (nodeIdFromKey(record.owner) === store.id ? { ...record, proof: undefined } : record)
}
