import { ts2p } from '../generated/sync.js'
import { ProtocolError } from './errors.ts'
import { bytesOf, copyOf, decoding, integerOf, listOf, plainView } from './fields.ts'
import { nodeKeyBytes } from './node-id.ts'

const raw = ts2p.v1

/** Most records in one message. */
export const recordsMax = 4096
/** How many buckets a summary has, and the bytes of each one's sum. */
export const summaryBuckets = 256
export const summaryBucketBytes = 8

/** One owner's latest write in one tenure of a key. */
export interface WireRecord {
  readonly owner: Uint8Array
  readonly acquired: number
  readonly stamp: number
  readonly closing: number
  readonly released: boolean
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Only without leases: the field of the key's mapping that this record is. */
  readonly field: Uint8Array | undefined
}

/** What a node holds, in short. */
export interface Summary {
  readonly count: number
  /** 16 bytes. */
  readonly root: Uint8Array
  /** 256 sums of 8 bytes; undefined in the first message of a round. */
  readonly buckets: Uint8Array | undefined
}

export function encodeRecords(records: readonly WireRecord[]): Uint8Array {
  return plainView(
    raw.Records.encode({ records: records.map((record) => ({ ...record, field: record.field ?? null })) }).finish(),
  )
}

/** @throws {ProtocolError} The payload is not a list of records. Their meaning is for the store to judge. */
export function decodeRecords(payload: Uint8Array): WireRecord[] {
  const { records } = decoding('records', () => raw.Records.decode(payload))
  return listOf(records, 'records', recordsMax).map((record) => ({
    owner: bytesOf(record.owner, 'record.owner', nodeKeyBytes),
    acquired: integerOf(record.acquired, 'record.acquired'),
    stamp: integerOf(record.stamp, 'record.stamp'),
    closing: integerOf(record.closing, 'record.closing'),
    released: record.released ?? false,
    key: copyOf(record.key),
    value: copyOf(record.value),
    field: record.field ? copyOf(record.field) : undefined,
  }))
}

export function encodeSummary(summary: Summary): Uint8Array {
  return plainView(raw.Summary.encode({ ...summary, buckets: summary.buckets ?? null }).finish())
}

/** @throws {ProtocolError} The payload is not a summary. */
export function decodeSummary(payload: Uint8Array): Summary {
  const { count, root, buckets } = decoding('summary', () => raw.Summary.decode(payload))
  if (buckets && buckets.length !== summaryBuckets * summaryBucketBytes) {
    throw new ProtocolError(`summary.buckets: ${buckets.length} bytes`)
  }
  return {
    count: integerOf(count, 'summary.count'),
    root: bytesOf(root, 'summary.root', 16),
    buckets: buckets ? copyOf(buckets) : undefined,
  }
}
