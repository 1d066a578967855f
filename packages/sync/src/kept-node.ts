import { decodeRecords, encodeRecords, identityFromKey, nodeKeyBytes } from '@ts2p/protocol'
import type { Identity } from '@ts2p/protocol'
import type { Environment } from '@ts2p/base'
import { binaryFromBytes, PersistenceCorruptError, PersistenceMismatchError } from '@ts2p/store'
import type { Store } from '@ts2p/store'
import type { CatchUp } from './catch-up.ts'
import type { Keeper } from './keeper.ts'
import { decodeIdentity, encodeIdentity } from './kept-identity.ts'

/** Someone new. */
export function newIdentity(environment: Environment): Identity {
  return identityFromKey(environment.randomBytes(nodeKeyBytes))
}

/** What of a node is concerned. */
interface KeptParts {
  readonly store: Store
  readonly networkId: Uint8Array
  readonly catchUp: CatchUp
}

/** What a node is made anew with. */
export interface KeptNodeOptions<N> {
  readonly environment: Environment
  /** The identity given to the socket; undefined: the one kept, or else a new one. */
  readonly given: Identity | undefined
  /** Makes the node of an identity. */
  readonly build: (identity: Identity) => N
}

/**
 * Makes a node of what is kept, and begins to keep it: identity, records, clock. Until this resolves nobody can write,
 * and no stamp is given out.
 * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError} @throws {PersistenceInUseError}
 * @throws {PersistenceFailedError}
 */
export async function openNode<N extends KeptParts>(
  keeper: Keeper,
  { environment, given, build }: KeptNodeOptions<N>,
): Promise<N> {
  const opened = new Opened<N>(keeper.place)
  await keeper.load((named) => {
    const identity = opened.identity(named.get('identity'), given) ?? newIdentity(environment)
    opened.node = build(identity)
    opened.assertNetwork(named.get('network'), opened.node.networkId)
    if (named.has('identity')) opened.node.catchUp.begin()
    else keeper.keep('identity', encodeIdentity(identity))
    if (!named.has('network')) keeper.keep('network', opened.node.networkId)
    const { store } = opened.node
    return (records) => opened.restore(store, records)
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
      return records.length === 0 ? undefined : encodeRecords(records)
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

  identity(kept: Uint8Array | undefined, given: Identity | undefined): Identity | undefined {
    if (!kept) return given
    if (given && binaryFromBytes(encodeIdentity(given)) !== binaryFromBytes(kept)) this.#mismatch('identity')
    return given ?? this.#read('the identity', () => decodeIdentity(kept))
  }

  assertNetwork(kept: Uint8Array | undefined, networkId: Uint8Array): void {
    if (kept && binaryFromBytes(kept) !== binaryFromBytes(networkId)) this.#mismatch('network')
  }

  restore(store: Store, records: Uint8Array): void {
    for (const record of this.#read('a record', () => decodeRecords(records))) store.restore(record)
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
