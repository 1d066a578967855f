import { type BinaryString, binaryFromBytes } from '../values/binary-string.ts'
import { millisecondsAhead } from '../leases/hybrid-clock.ts'
import { recordOverheadBytes, type StoreLimits } from '../limits.ts'
import { recordId, type StoreRecord } from '../records/record.ts'

/** One owner may fill this share of the places and of the bytes, so that the records of others have room. */
const ownerShare = 1 / 8

/** What an owner's records take. */
interface Room {
  readonly records: number
  readonly bytes: number
}

/**
 * Records that are ahead of the clock, kept aside until the clock has caught up. So a stamp from the future cannot drag
 * this replica's own stamps along, and yet the record is judged here exactly as everywhere else, only later.
 */
export class Quarantine {
  readonly #byId = new Map<BinaryString, StoreRecord>()
  readonly #limits: StoreLimits
  readonly #networkId: Uint8Array
  readonly #byOwner = new Map<BinaryString, Room>()
  #bytes = 0

  constructor(limits: StoreLimits, networkId: Uint8Array) {
    this.#limits = limits
    this.#networkId = networkId
  }

  /**
   * Keeps a copy of the record, if there is room for it, and the owner has not used up its share.
   * @returns 'new' or 'known' if it is kept, now or since earlier; else the limit that does not allow it
   */
  keep(record: StoreRecord): 'new' | 'known' | 'quarantineRecordsMax' | 'quarantineBytesMax' {
    const { quarantineRecordsMax, quarantineBytesMax } = this.#limits
    const rid = recordId(record, this.#networkId)
    if (this.#byId.has(rid)) return 'known'
    const owner = binaryFromBytes(record.owner)
    const used = this.#byOwner.get(owner) ?? { records: 0, bytes: 0 }
    const bytes = bytesOf(record)
    if (this.#byId.size >= quarantineRecordsMax || used.records >= shareOf(quarantineRecordsMax))
      return 'quarantineRecordsMax'
    if (this.#bytes + bytes > quarantineBytesMax || used.bytes + bytes > shareOf(quarantineBytesMax))
      return 'quarantineBytesMax'
    this.#bytes += bytes
    this.#byOwner.set(owner, { records: used.records + 1, bytes: used.bytes + bytes })
    this.#byId.set(rid, copyOf(record))
    return 'new'
  }

  /** Gives up the records that are no longer too far ahead, earliest first. */
  takeDue(nowMs: number): StoreRecord[] {
    const due: StoreRecord[] = []
    for (const [rid, record] of this.#byId) {
      if (millisecondsAhead(record.stamp, nowMs) > this.#limits.driftMsMax) continue
      this.#delete(rid, record)
      due.push(record)
    }
    return due.toSorted((x, y) => x.stamp - y.stamp)
  }

  #delete(rid: BinaryString, record: StoreRecord): void {
    const [owner, bytes] = [binaryFromBytes(record.owner), bytesOf(record)]
    const used = this.#byOwner.get(owner) ?? { records: 1, bytes }
    this.#byId.delete(rid)
    this.#bytes -= bytes
    if (used.records > 1) this.#byOwner.set(owner, { records: used.records - 1, bytes: used.bytes - bytes })
    else this.#byOwner.delete(owner)
  }
}

/** What one owner may use of a limit: enough for one record where the limit is small. */
function shareOf(limit: number): number {
  return Math.ceil(limit * ownerShare)
}

function bytesOf(record: StoreRecord): number {
  return recordOverheadBytes + record.key.length + record.value.length + (record.field?.length ?? 0)
}

/** A received record may be a view of a receive buffer that is used again. */
function copyOf(record: StoreRecord): StoreRecord {
  const { owner, key, value, field, proof } = record
  return {
    ...record,
    owner: Uint8Array.from(owner),
    key: Uint8Array.from(key),
    value: Uint8Array.from(value),
    field: field === undefined ? undefined : Uint8Array.from(field),
    // The batch may forget what proves this record, since it does not know that it is kept here.
    proof: proof && { ...proof, batch: proof.batch.alone(proof.index) },
  }
}
