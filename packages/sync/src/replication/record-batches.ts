import { noHeader } from '@ts2p/protocol'
import type { WireBatch, WireRecord } from '@ts2p/protocol'
import type { SignedBatch, StoreRecord } from '@ts2p/store'

/** A record on its way; of a renewal its id may stand for the value. */
export type OutgoingRecord = StoreRecord & Pick<WireRecord, 'id'>

/**
 * Records as they travel: those of one owner together, or those that were signed together, with what proves them.
 * @param shared the batch whose signature is that of the broadcast by which it goes
 */
export function batchesFrom(records: Iterable<OutgoingRecord>, shared?: SignedBatch): WireBatch[] {
  const groups = new Map<SignedBatch | Uint8Array, OutgoingRecord[]>()
  for (const record of records) {
    const name = record.proof?.batch ?? record.owner
    const group = groups.get(name)
    if (group) group.push(record)
    else groups.set(name, [record])
  }
  return Array.from(groups, ([name, group]) =>
    name instanceof Uint8Array ? { owner: name, records: group, proof: undefined } : signedBatchOf(name, group, shared),
  )
}

/** The record of a batch as a store takes it in. */
export function recordOf({ owner }: WireBatch, record: WireRecord): StoreRecord {
  return { owner, ...record }
}

function signedBatchOf(
  batch: SignedBatch,
  group: readonly OutgoingRecord[],
  shared: SignedBatch | undefined,
): WireBatch {
  const byIndex = new Map(group.map((record) => [record.proof?.index ?? 0, record]))
  const sorted = [...byIndex].toSorted(([x], [y]) => x - y)
  const indices = sorted.map(([index]) => index)
  const isShared = batch === shared
  const signed = {
    signature: isShared ? undefined : batch.signature,
    headerHash: isShared ? noHeader : batch.headerHash,
  }
  return {
    owner: group[0]?.owner ?? new Uint8Array(0),
    records: sorted.map(([, record]) => record),
    proof: { ...signed, size: batch.size, indices, path: batch.path(indices) },
  }
}
