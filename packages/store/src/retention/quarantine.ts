import type { BinaryString } from '../values/binary-string.ts'
import { millisecondsAhead } from '../leases/hybrid-clock.ts'
import { recordOverheadBytes, type StoreLimits } from '../limits.ts'
import { recordId, type StoreRecord } from '../records/record.ts'

/**
 * Records that are ahead of the clock, kept aside until the clock has caught up. So a stamp from the future cannot drag
 * this replica's own stamps along, and yet the record is judged here exactly as everywhere else, only later.
 */
export class Quarantine {
  readonly #byId = new Map<BinaryString, StoreRecord>()
  readonly #limits: StoreLimits
  readonly #networkId: Uint8Array
  #bytes = 0

  constructor(limits: StoreLimits, networkId: Uint8Array) {
    this.#limits = limits
    this.#networkId = networkId
  }

  /** Keeps a copy of the record. Returns the limit that does not allow it, undefined when it is kept. */
  keep(record: StoreRecord): 'quarantineRecordsMax' | 'quarantineBytesMax' | undefined {
    const rid = recordId(record, this.#networkId)
    if (this.#byId.has(rid)) return undefined
    if (this.#byId.size >= this.#limits.quarantineRecordsMax) return 'quarantineRecordsMax'
    const bytes = this.#bytes + bytesOf(record)
    if (bytes > this.#limits.quarantineBytesMax) return 'quarantineBytesMax'
    this.#bytes = bytes
    this.#byId.set(rid, copyOf(record))
    return undefined
  }

  /** Gives up the records that are no longer too far ahead, earliest first. */
  takeDue(nowMs: number): StoreRecord[] {
    const due: StoreRecord[] = []
    for (const [rid, record] of this.#byId) {
      if (millisecondsAhead(record.stamp, nowMs) > this.#limits.driftMsMax) continue
      this.#byId.delete(rid)
      this.#bytes -= bytesOf(record)
      due.push(record)
    }
    return due.toSorted((x, y) => x.stamp - y.stamp)
  }
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
