import type { CachedPeer } from '@ts2p/mesh'
import { decodeRecords } from '@ts2p/protocol'
import type { NodeId, JournalPosition, WireBatch } from '@ts2p/protocol'
import { PersistenceCorruptError } from '@ts2p/store'
import { decodeNodes } from './persisted-peer-cache.ts'
import { decodeCursors } from './persisted-cursors.ts'
import { decodeIdentity } from './persisted-identity.ts'
import type { PersistedIdentity } from './persisted-identity.ts'

/** What a node knows of the time in which it heard of deletions. */
export interface LastContact {
  /** When it last had a neighbor, milliseconds since 1970. */
  readonly contactMs: number
  /** See `Store.completeSince`. */
  readonly completeSince: number
}

/** What was saved of a node; undefined, and empty, in a new place. */
export interface PersistedState {
  /** The name of the place, for messages. */
  readonly place: string
  readonly identity: PersistedIdentity | undefined
  /** The hash of the subnet, 32 bytes. */
  readonly network: Uint8Array | undefined
  readonly contact: LastContact | undefined
  readonly cursors: readonly (readonly [NodeId, JournalPosition])[]
  readonly nodes: readonly CachedPeer[]
  /** Every timestamp that was given out is smaller or the same. */
  readonly clock: number
  /** The records, in pieces, read as they are asked for. @throws {PersistenceCorruptError} */
  readonly batches: AsyncIterable<readonly WireBatch[]>
}

/** The names under which state is saved besides the records. */
export type StateName = 'identity' | 'network' | 'contact' | 'cursors' | 'nodes'

/** Reads what was saved. @throws {PersistenceCorruptError} */
export function readState(options: {
  place: string
  clock: number
  named: ReadonlyMap<string, Uint8Array>
  records: AsyncIterable<readonly Uint8Array[]>
}): PersistedState {
  const { place, clock, named, records } = options
  const read = <T>(name: StateName, what: string, decode: (bytes: Uint8Array) => T): T | undefined => {
    const bytes = named.get(name)
    return bytes && decoded(place, what, () => decode(bytes))
  }
  return {
    ...{ place, clock, network: named.get('network') },
    identity: read('identity', 'the identity', decodeIdentity),
    contact: read('contact', 'a time', decodeContact),
    cursors: read('cursors', 'the cursors', decodeCursors) ?? [],
    nodes: read('nodes', 'the nodes known', decodeNodes) ?? [],
    batches: batchesIn(place, records),
  }
}

/** Two big-endian doubles, 8 bytes each. */
export function encodeContact({ contactMs, completeSince }: LastContact): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setFloat64(0, contactMs)
  view.setFloat64(8, completeSince)
  return bytes
}

/** @throws {RangeError} The bytes are no times. */
function decodeContact(bytes: Uint8Array): LastContact {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { contactMs: view.getFloat64(0), completeSince: view.getFloat64(8) }
}

async function* batchesIn(
  place: string,
  records: AsyncIterable<readonly Uint8Array[]>,
): AsyncGenerator<WireBatch[], void, undefined> {
  for await (const piece of records) {
    yield piece.flatMap((bytes) => decoded(place, 'a record', () => decodeRecords(bytes)))
  }
}

function decoded<T>(place: string, what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new PersistenceCorruptError({ place, reason: `${what} cannot be read` }, { cause })
  }
}
