import { type BinaryString, binaryFromBytes, bytesFromBinary } from '../values/binary-string.ts'
import { millisecondsAhead } from '../leases/hybrid-clock.ts'
import type { StoreLimits } from '../limits.ts'
import { recordId, type StoreRecord } from '../records/record.ts'
import { BatchCache } from '../signing/batch-cache.ts'

/** One owner may fill this share of the places and of the bytes, so that the records of others have room. */
const ownerShare = 1 / 8

/** What a record that waits takes in memory beyond its key, field, value and proof, bytes: about. */
const waitingOverheadBytes = 448

/** What an owner's records take. */
interface Room {
  readonly records: number
  readonly bytes: number
}

/** A record that waits: a copy, since it may be a view of a receive buffer that is used again. Strings take less than byte arrays. */
interface WaitingRecord {
  readonly rest: Omit<StoreRecord, 'owner' | 'key' | 'value' | 'field'>
  readonly owner: BinaryString
  readonly key: BinaryString
  readonly value: BinaryString
  readonly field: BinaryString | undefined
}

/**
 * Records that are ahead of the clock, kept aside until the clock has caught up. So a timestamp from the future cannot drag
 * this replica's own timestamps along, and yet the record is judged here exactly as everywhere else, only later.
 */
export class Quarantine {
  readonly #byId = new Map<BinaryString, WaitingRecord>()
  readonly #limits: StoreLimits
  readonly #networkId: Uint8Array
  /** An owner's name is kept once, for all its records. */
  readonly #byOwner = new Map<BinaryString, Room & { readonly owner: BinaryString }>()
  /** Records of one batch share what proves them. The batch itself may forget it, since it does not know that they are kept here. */
  readonly #batches = new BatchCache()
  #bytes = 0

  constructor(limits: StoreLimits, networkId: Uint8Array) {
    this.#limits = limits
    this.#networkId = networkId
  }

  /**
   * Keeps a copy of the record, if there is room for it, and the owner has not used up its share.
   * @returns 'new' or 'known' if it is kept, now or since earlier; else the limit that does not allow it
   */
  add(record: StoreRecord): 'new' | 'known' | 'quarantineRecordsMax' | 'quarantineBytesMax' {
    const { quarantineRecordsMax, quarantineBytesMax } = this.#limits
    const id = recordId(record, this.#networkId)
    if (this.#byId.has(id)) return 'known'
    const name = binaryFromBytes(record.owner)
    const { owner, records, bytes } = this.#byOwner.get(name) ?? { owner: name, records: 0, bytes: 0 }
    if (this.#byId.size >= quarantineRecordsMax || records >= shareOf(quarantineRecordsMax))
      return 'quarantineRecordsMax'
    const isTooMuch = (more: number): boolean =>
      this.#bytes + more > quarantineBytesMax || bytes + more > shareOf(quarantineBytesMax)
    if (isTooMuch(bytesOf(record))) return 'quarantineBytesMax'
    const proof = record.proof && this.#batches.proofOf(record.proof)
    const more = bytesOf(record) + (proof?.batch.retain(proof.index) ?? 0)
    if (isTooMuch(more)) {
      // What the batch has grown by stays, if others of it wait.
      const left = more - bytesOf(record) + (proof?.batch.release(proof.index) ?? 0)
      if (records > 0) this.#setRoom({ owner, records, bytes: bytes + left }, left)
      return 'quarantineBytesMax'
    }
    this.#setRoom({ owner, records: records + 1, bytes: bytes + more }, more)
    this.#byId.set(id, waitingOf({ ...record, proof }, owner))
    return 'new'
  }

  /** Gives up the records that are no longer too far ahead, earliest first. */
  popDue(nowMs: number): StoreRecord[] {
    const due: StoreRecord[] = []
    const batches = new BatchCache()
    for (const [id, waiting] of this.#byId) {
      if (millisecondsAhead(waiting.rest.timestamp, nowMs) > this.#limits.driftMsMax) continue
      this.#byId.delete(id)
      const record = recordOf(waiting)
      const { proof } = record
      due.push({ ...record, proof: proof && batches.proofOf(proof) })
      this.#giveBack(waiting.owner, bytesOf(record) - (proof?.batch.release(proof.index) ?? 0))
    }
    return due.toSorted((x, y) => x.timestamp - y.timestamp)
  }

  #giveBack(owner: BinaryString, less: number): void {
    const { records, bytes } = this.#byOwner.get(owner) ?? { records: 1, bytes: less }
    if (records > 1) return this.#setRoom({ owner, records: records - 1, bytes: bytes - less }, -less)
    this.#byOwner.delete(owner)
    this.#bytes -= bytes
  }

  #setRoom(room: Room & { readonly owner: BinaryString }, more: number): void {
    this.#byOwner.set(room.owner, room)
    this.#bytes += more
  }
}

/** What one owner may use of a limit: enough for one record where the limit is small. */
function shareOf(limit: number): number {
  return Math.ceil(limit * ownerShare)
}

/** Without what proves it. */
function bytesOf({ key, value, field }: StoreRecord): number {
  return waitingOverheadBytes + key.length + value.length + (field?.length ?? 0)
}

function waitingOf(record: StoreRecord, owner: BinaryString): WaitingRecord {
  const { owner: _, key, value, field, ...rest } = record
  const fieldText = field && binaryFromBytes(field)
  return { rest, owner, key: binaryFromBytes(key), value: binaryFromBytes(value), field: fieldText }
}

function recordOf({ rest, owner, key, value, field }: WaitingRecord): StoreRecord {
  return {
    ...rest,
    owner: bytesFromBinary(owner),
    key: bytesFromBinary(key),
    value: bytesFromBinary(value),
    field: field === undefined ? undefined : bytesFromBinary(field),
  }
}
