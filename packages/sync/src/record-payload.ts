import { encodeRecords, recordsMax } from '@ts2p/protocol'
import type { WireRecord } from '@ts2p/protocol'

/** Bytes that a record takes on the wire besides key, field and value, at most. */
const recordOverheadBytes = 256

/** Packs records into payloads of at most so many bytes each; a record that alone is longer has one to itself. */
export function* packRecords(records: Iterable<WireRecord>, bytesMax: number): Generator<Uint8Array, void, undefined> {
  let batch: WireRecord[] = []
  let bytes = 0
  for (const record of records) {
    const length = record.key.length + record.value.length + (record.field?.length ?? 0) + recordOverheadBytes
    if (batch.length > 0 && (bytes + length > bytesMax || batch.length >= recordsMax)) {
      yield encodeRecords(batch)
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += length
  }
  if (batch.length > 0) yield encodeRecords(batch)
}
