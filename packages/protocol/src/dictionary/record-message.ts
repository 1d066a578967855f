import { ts2p } from '../../generated/sync.js'
import { equalBytes } from '../equal-bytes.ts'
import { ProtocolError } from '../errors.ts'
import { signatureBytes } from '../identity/ed25519.ts'
import { noHeader } from '../mesh/signed-message.ts'
import { bytesOf, copyOf, decoding, integerOf, listOf, plainView } from '../field-checks.ts'
import { nodeKeyBytes } from '../identity/node-id.ts'
import { batchSizeMax, recordIdBytes } from './signed-batch.ts'

const raw = ts2p.v1

/** Timestamps of one second: a timestamp is `second * 2^20 + count`. */
const countsPerSecond = 2 ** 20

/** Most records in one message. */
export const recordsMax = 4096
/** The latest write in one lease term of a key. */
export interface WireRecord {
  readonly acquired: number
  readonly timestamp: number
  readonly pruneWatermark: number
  readonly released: boolean
  /** 0: nobody holds the key. */
  readonly leaseSeconds: number
  readonly ephemeral: boolean
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Of a renewal that travels without its value: the record's id, 32 bytes. The value is that of the version of this lease term before it. */
  readonly id?: Uint8Array | undefined
  /** Only without leases: the field of the key's mapping that this record is. */
  readonly field: Uint8Array | undefined
}

/** Records of one owner, with the proof that they are its. */
export interface WireBatch {
  readonly owner: Uint8Array
  readonly records: readonly WireRecord[]
  /** Undefined on subnets whose records are not signed. */
  readonly proof: WireProof | undefined
}

/** That records are part of what their owner signed. */
export interface WireProof {
  /** 64 bytes; undefined: that of the broadcast by which they come. */
  readonly signature: Uint8Array | undefined
  /** Of the broadcast that the signature is for, too, 32 bytes; `noHeader`: it is for the records alone. */
  readonly headerHash: Uint8Array
  /** How many records were signed together: 1 to 1024. */
  readonly size: number
  /** The places of the records among them, ascending. */
  readonly indices: readonly number[]
  /** The hashes of the tree that do not follow from the records, 32 bytes each. */
  readonly path: Uint8Array
}

/** Batches of records as bytes; `decodeRecords` reads them. */
export function encodeRecords(batches: readonly WireBatch[]): Uint8Array {
  const message = batches.map(({ owner, records, proof }) => ({
    owner,
    ...rawRecords(records),
    ...(proof && rawProof(proof)),
  }))
  return plainView(raw.Records.encode({ batches: message }).finish())
}

/** The records, with their timestamps as differences. */
function rawRecords(records: readonly WireRecord[]): ts2p.v1.IBatch {
  const second = records.reduce((least, { timestamp }) => Math.min(least, secondOf(timestamp)), Number.MAX_SAFE_INTEGER)
  return { second, records: records.map((record) => rawRecord(record, second)) }
}

function rawRecord(record: WireRecord, batchSecond: number): ts2p.v1.IRecord {
  const { acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, key, value, id, field } = record
  const second = secondOf(timestamp)
  return {
    ...{ second: second - batchSecond, count: countOf(timestamp), released, leaseSeconds, ephemeral, key, value },
    ...(acquired === timestamp ? {} : { earlier: second - secondOf(acquired), acquiredCount: countOf(acquired) }),
    ...(pruneWatermark === 0
      ? {}
      : { watermarkEarlier: second - secondOf(pruneWatermark), watermarkCount: countOf(pruneWatermark) }),
    ...(field === undefined ? {} : { field }),
    ...(id && { id }),
  }
}

function rawProof({ signature, headerHash, size, indices, path }: WireProof): ts2p.v1.IBatch {
  const hasHeader = !equalBytes(headerHash, noHeader)
  return { size, indices: [...indices], path, ...(signature && { signature }), ...(hasHeader && { headerHash }) }
}

/** @throws {ProtocolError} The payload is no list of batches. Their meaning is for the store to judge. */
export function decodeRecords(payload: Uint8Array): WireBatch[] {
  const message = decoding('records', () => raw.Records.decode(payload))
  const batches = listOf(message.batches, 'batches', recordsMax).map(batchFrom)
  const count = batches.reduce((sum, { records }) => sum + records.length, 0)
  if (count > recordsMax) throw new ProtocolError(`records: ${count} elements, ${recordsMax} allowed`)
  return batches
}

function batchFrom(batch: ts2p.v1.IBatch): WireBatch {
  const second = integerOf(batch.second, 'batch.second')
  const records = listOf(batch.records, 'batch.records', recordsMax).map((record) => recordFrom(record, second))
  const isSigned = [batch.signature, batch.indices, batch.path].some((part) => part && part.length > 0) || batch.size
  return {
    owner: bytesOf(batch.owner, 'batch.owner', nodeKeyBytes),
    records,
    proof: isSigned ? proofFrom(batch, records.length) : undefined,
  }
}

function proofFrom(batch: ts2p.v1.IBatch, count: number): WireProof {
  const size = integerOf(batch.size, 'batch.size')
  if (size < 1 || size > batchSizeMax) throw new ProtocolError(`batch.size: ${size}, not 1 to ${batchSizeMax}`)
  const indices = [...listOf(batch.indices, 'batch.indices', size)]
  const areInOrder = indices.every((index, at) => index > (indices[at - 1] ?? -1) && index < size)
  if (indices.length !== count || !areInOrder)
    throw new ProtocolError('batch.indices: not one for each record, in order')
  const path = copyOf(batch.path)
  if (path.length % recordIdBytes !== 0 || path.length > size * recordIdBytes) {
    throw new ProtocolError(`batch.path: ${path.length} bytes`)
  }
  const { signature, headerHash } = batch
  return {
    signature: signature?.length ? bytesOf(signature, 'batch.signature', signatureBytes) : undefined,
    headerHash: headerHash?.length ? bytesOf(headerHash, 'batch.header_hash', noHeader.length) : noHeader,
    ...{ size, indices, path },
  }
}

function recordFrom(record: ts2p.v1.IRecord, batchSecond: number): WireRecord {
  const second = batchSecond + (record.second ?? 0)
  const timestampBefore = (earlier: number, count: number | null | undefined): number =>
    (second - earlier) * countsPerSecond + countFrom(count)
  const { earlier, acquiredCount, watermarkEarlier, watermarkCount } = record
  const timestamp = timestampBefore(0, record.count)
  const id = record.id?.length ? bytesOf(record.id, 'record.id', recordIdBytes) : undefined
  if (id && record.value?.length) throw new ProtocolError('record.id: beside a value')
  return {
    acquired: typeof earlier === 'number' ? timestampBefore(earlier, acquiredCount) : timestamp,
    timestamp: timestamp,
    pruneWatermark: typeof watermarkEarlier === 'number' ? timestampBefore(watermarkEarlier, watermarkCount) : 0,
    released: record.released ?? false,
    leaseSeconds: record.leaseSeconds ?? 0,
    ephemeral: record.ephemeral ?? false,
    key: copyOf(record.key),
    value: copyOf(record.value),
    ...(id && { id }),
    field: record.field ? copyOf(record.field) : undefined,
  }
}

function secondOf(timestamp: number): number {
  return Math.floor(timestamp / countsPerSecond)
}

function countOf(timestamp: number): number {
  return timestamp % countsPerSecond
}

/** @throws {ProtocolError} It is of the next second. */
function countFrom(count: number | null | undefined): number {
  if (!count) return 0
  if (count >= countsPerSecond)
    throw new ProtocolError(`record: the count ${count} of a timestamp, ${countsPerSecond} are a second`)
  return count
}
