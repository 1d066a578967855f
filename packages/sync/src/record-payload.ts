import { encodeRecords, recordsMax } from '@ts2p/protocol'
import type { WireRecord } from '@ts2p/protocol'

/** Bytes that a record takes on the wire besides key, field and value, at most. */
export const recordOverheadBytes = 256

/** Packs records into payloads of at most so many bytes each; a record that alone is longer has one to itself. */
export function* packRecords(records: Iterable<WireRecord>, bytesMax: number): Generator<Uint8Array, void, undefined> {
  for (const batch of batchesOf(singly(records), bytesMax)) yield encodeRecords(batch)
}

/**
 * As `packRecords`, for the records of writes, each with those that travel with it: they stay in one payload, since only
 * beside its claim may a node spread the record that it supersedes. Where they do not fit, the write travels alone.
 */
export function* packWrites(
  writes: Iterable<readonly WireRecord[]>,
  bytesMax: number,
): Generator<Uint8Array, void, undefined> {
  const fitting = [...writes].map((records) => (bytesOf(records) > bytesMax ? records.slice(0, 1) : records))
  for (const batch of batchesOf(fitting, bytesMax)) yield encodeRecords(batch)
}

function* batchesOf(
  groups: Iterable<readonly WireRecord[]>,
  bytesMax: number,
): Generator<WireRecord[], void, undefined> {
  let batch: WireRecord[] = []
  let bytes = 0
  for (const group of groups) {
    const length = bytesOf(group)
    if (batch.length > 0 && (bytes + length > bytesMax || batch.length + group.length > recordsMax)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(...group)
    bytes += length
  }
  if (batch.length > 0) yield batch
}

function* singly(records: Iterable<WireRecord>): Generator<[WireRecord], void, undefined> {
  for (const record of records) yield [record]
}

function bytesOf(records: readonly WireRecord[]): number {
  return records.reduce(
    (bytes, { key, value, field }) => bytes + key.length + value.length + (field?.length ?? 0) + recordOverheadBytes,
    0,
  )
}
