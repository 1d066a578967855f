import { encodeRecords, recordsMax } from '@ts2p/protocol'
import type { WireBatch } from '@ts2p/protocol'
import type { SignedBatch } from '@ts2p/store'
import { batchesFrom } from './record-batches.ts'
import type { OutgoingRecord } from './record-batches.ts'

/** Bytes that a record takes on the wire besides key, field, value and what proves it, at most. */
const headerBytes = 64
/** Bytes that an owner, a signature and what is around them take, at most. */
const batchBytes = 160
/** Bytes of a hash in a proof. */
const hashBytes = 32

/** Bytes that a record takes on the wire besides key, field and value, at most. */
export const recordOverheadBytes = 1024
/** Room that a message leaves for what is around its records. */
const overheadBytes = 512

/** Bytes of records that fit into one message. */
export function recordBytesMax(limits: { frameBytesMax: number }): number {
  return limits.frameBytesMax - overheadBytes
}

/** Records for one message. */
export interface RecordPayload {
  readonly bytes: Uint8Array
  /** Of these records, the batch that is signed together with the broadcast; undefined: none. */
  readonly shared: SignedBatch | undefined
}

/**
 * Packs records into payloads of at most so many bytes each; a record that alone is longer has one to itself. Where records
 * are signed, those without a proof are left out: they were replaced since, and what replaced them goes out too.
 */
export function* packRecords(
  records: Iterable<OutgoingRecord>,
  options: {
    readonly bytesMax: number
    readonly isSigned: boolean
    /** Whether a batch that has no signature yet can be signed together with the message; default false. */
    readonly canShare?: boolean
  },
): Generator<RecordPayload, void, undefined> {
  const { bytesMax, isSigned, canShare = false } = options
  let message = new PayloadMessage(canShare)
  for (const record of records) {
    if (isSigned && !record.proof) continue
    if (message.hasRoomFor(record, bytesMax)) {
      message.add(record)
      continue
    }
    // It is proven now: when it is sent it may have been replaced, and its batch have forgotten what proves it. But if that batch is signed with
    // the broadcast of the records before, it has to have that signature first.
    const next = canShare ? undefined : new PayloadMessage(canShare, record)
    yield message.encode()
    message = next ?? new PayloadMessage(canShare, record)
  }
  if (message.count > 0) yield message.encode()
}

/** The records of one message, and how long it gets at most. */
class PayloadMessage {
  readonly #canShare: boolean
  #shared: SignedBatch | undefined
  readonly #first: readonly WireBatch[]
  readonly #records: OutgoingRecord[] = []
  /** The place in its batch of the record that was added last, by batch or owner. */
  readonly #places = new Map<SignedBatch | Uint8Array, number>()
  #bytes = 0

  constructor(canShare: boolean, first?: OutgoingRecord) {
    this.#canShare = canShare
    if (first) this.#share(first)
    this.#first = first ? batchesFrom([first], this.#shared) : []
    if (first) this.#bytes = this.#bytesWith(first)
  }

  get count(): number {
    return this.#first.length + this.#records.length
  }

  /** Whether it is empty, or a record more makes it no longer than that. */
  hasRoomFor(record: OutgoingRecord, bytesMax: number): boolean {
    return this.count === 0 || (this.count < recordsMax && this.#bytesWith(record) <= bytesMax)
  }

  add(record: OutgoingRecord): void {
    this.#share(record)
    this.#bytes = this.#bytesWith(record)
    this.#places.set(record.proof?.batch ?? record.owner, record.proof?.index ?? 0)
    this.#records.push(record)
  }

  encode(): RecordPayload {
    const shared = this.#shared
    return { bytes: encodeRecords([...this.#first, ...batchesFrom(this.#records, shared)]), shared }
  }

  #share({ proof }: OutgoingRecord): void {
    if (this.#canShare && proof && !proof.batch.isSigned) this.#shared ??= proof.batch
  }

  #bytesWith({ key, value, id, field, owner, proof }: OutgoingRecord): number {
    const place = this.#places.get(proof?.batch ?? owner)
    const bytes = this.#bytes + headerBytes + key.length + value.length + (id?.length ?? 0) + (field?.length ?? 0)
    if (proof && place === proof.index - 1) return bytes
    // Records that stand side by side need two hashes of each level of the tree at most.
    const pathBytes = proof ? 2 * hashBytes * Math.ceil(Math.log2(proof.batch.size)) : 0
    return bytes + pathBytes + (place === undefined ? batchBytes : 0)
  }
}
