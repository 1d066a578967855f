import { binaryFromBytes, bytesFromBinary, recordId } from '@ts2p/store'
import type { Change, Store, StoreRecord } from '@ts2p/store'
import { recordOf } from './record-batches.ts'
import type { OutgoingRecord } from './record-batches.ts'
import type { WireBatch, WireRecord } from '@ts2p/protocol'

/** Bytes that an id takes on the wire: a value that is no longer travels itself. */
const idBytes = 34
const noValue = new Uint8Array(0)

/**
 * The records of writes that were not replaced meanwhile. A renewal travels without the value, which the others have: its id in place of it says
 * which record it is.
 */
export function* recordsToBroadcast(
  changes: readonly Change[],
  networkId: Uint8Array,
): Generator<OutgoingRecord, void, undefined> {
  // Of a key that got its value in this turn, too, only the last record is sent.
  const valued = new Set(changes.flatMap(({ key, isRenewal }) => (isRenewal ? [] : key)))
  for (const { key, isRenewal, latestRecords } of changes) {
    if (!isRenewal || valued.has(key)) yield* latestRecords
    else for (const record of latestRecords) yield withoutValue(record, networkId)
  }
}

function withoutValue(record: StoreRecord, networkId: Uint8Array): OutgoingRecord {
  const { value, proof } = record
  if (value.length <= idBytes) return record
  const id = proof ? proof.batch.idAt(proof.index) : recordId(record, networkId)
  return { ...record, value: noValue, id: bytesFromBinary(id) }
}

/** A batch with the values of its renewals, as far as this store has them: where it has not, an id is left. */
export function withValues(batch: WireBatch, store: Store, networkId: Uint8Array): WireBatch {
  if (batch.records.every(({ id }) => id === undefined)) return batch
  return { ...batch, records: batch.records.map((record) => withValue(batch, record, { store, networkId })) }
}

function withValue(
  batch: WireBatch,
  record: WireRecord,
  { store, networkId }: { store: Store; networkId: Uint8Array },
): WireRecord {
  const { id, ...rest } = record
  if (!id) return record
  const owner = binaryFromBytes(batch.owner)
  const held = store.held
    .recordsOf(binaryFromBytes(record.key))
    .find((other) => other.acquired === record.acquired && binaryFromBytes(other.owner) === owner)
  const whole = held && { ...rest, value: held.value }
  return whole && recordId(recordOf(batch, whole), networkId) === binaryFromBytes(id) ? whole : record
}
