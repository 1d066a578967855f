import { type BinaryString, binaryFromBytes, bytesFromBinary } from '../values/binary-string.ts'
import { secondOf, timestampsPerSecond } from './hybrid-clock.ts'
// cycle: a claim that is alone on its key is the key state of that key
import type { KeyState } from './key-state.ts'
import type { Owner } from '../records/owners.ts'
import { emptyValue, isSameValue, type PackedValue, packValue, unpackValue } from '../values/packed-value.ts'
import { recordId, type StoreRecord } from '../records/record.ts'
import type { RecordProof, SignedBatch } from '../signing/signed-batch.ts'

const noClaims: readonly LeaseClaim[] = Object.freeze([])

/**
 * A record as the store keeps it. There is one for every key, so it is small: its owner is shared, what is seldom there
 * takes no room, and its id, which takes two hashes, is made when it is asked for. It is the key state of its key too, as
 * long as it is the only claim and sets no field.
 */
export class LeaseClaim implements KeyState {
  readonly key: BinaryString
  readonly owner: Owner
  readonly timestamp: number
  readonly pruneWatermark: number
  readonly field: BinaryString | undefined
  /** Whether the digest of the store has it. Kept here by `LazySetDigest`, which would need a set of all claims else. */
  isCounted = false
  /** What the owner signed it in, and its place there. Two fields, since an object for both would be one more per key. */
  #batch: SignedBatch | undefined
  #index = 0
  /** Twice the seconds of its lease, plus 1 if it is ephemeral: one number, since there are many claims. */
  readonly #length: number
  /** Undefined when that is at `timestamp`. */
  readonly #acquired: number | undefined
  /** Undefined when released. */
  readonly #value: PackedValue | undefined
  #recordId: BinaryString | undefined

  /** Copies the value. */
  constructor(key: BinaryString, owner: Owner, content: ClaimContent) {
    const { acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, value, field } = content
    this.key = key
    this.owner = owner
    this.timestamp = timestamp
    this.pruneWatermark = pruneWatermark
    this.field = field
    this.#length = 2 * leaseSeconds + (ephemeral ? 1 : 0)
    this.#acquired = acquired === timestamp ? undefined : acquired
    this.#value = released ? undefined : packValue(value)
  }

  /** That the owner wrote it; undefined while it is not signed. */
  get proof(): RecordProof | undefined {
    return this.#batch && { batch: this.#batch, index: this.#index }
  }

  get isSigned(): boolean {
    return this.#batch !== undefined
  }

  attachProof({ batch, index }: RecordProof): void {
    this.#batch = batch
    this.#index = index
    this.#recordId = batch.idAt(index)
  }

  /** It is kept no more: its batch forgets what would prove it. */
  detachProof(): void {
    this.#batch = undefined
  }

  get acquired(): number {
    return this.#acquired ?? this.timestamp
  }

  /** 0: nobody holds the key. */
  get leaseSeconds(): number {
    return Math.floor(this.#length / 2)
  }

  get ephemeral(): boolean {
    return this.#length % 2 === 1
  }

  get released(): boolean {
    return this.#value === undefined
  }

  /** Empty when released. Short values are made anew each time. */
  get value(): Uint8Array {
    return this.#value === undefined ? emptyValue : unpackValue(this.#value)
  }

  /** The length of the value. */
  get valueBytes(): number {
    return this.#value === undefined ? 0 : this.#value.length
  }

  /** The record's id. */
  get recordId(): BinaryString {
    this.#recordId ??= recordId(recordFromClaim(bytesFromBinary(this.key), this), this.owner.networkId)
    return this.#recordId
  }

  get holder(): LeaseClaim {
    return this
  }

  get granted(): number {
    return this.acquired
  }

  get isPresent(): boolean {
    return !this.released
  }

  get base(): LeaseClaim | undefined {
    return this.released ? undefined : this
  }

  get others(): readonly LeaseClaim[] {
    return noClaims
  }

  /** Whether both have the same value. */
  hasValueOf(other: LeaseClaim): boolean {
    return isSameValue(this.#value ?? emptyValue, other.#value ?? emptyValue)
  }

  /** Whether a claim of the same key is of the same record: what equal ids would say, without making them. */
  isSameAs(other: LeaseClaim): boolean {
    if (this === other) return true
    const hasSameHeader =
      this.owner === other.owner &&
      this.acquired === other.acquired &&
      this.timestamp === other.timestamp &&
      this.pruneWatermark === other.pruneWatermark &&
      this.released === other.released &&
      this.#length === other.#length &&
      this.field === other.field
    return hasSameHeader && this.hasValueOf(other)
  }
}

/** What a claim says of its key. */
export type ClaimContent = Pick<
  LeaseClaim,
  'acquired' | 'timestamp' | 'pruneWatermark' | 'released' | 'leaseSeconds' | 'ephemeral' | 'field'
> & {
  readonly value: PackedValue
}

/** Makes a claim of a record. It shares no bytes with the record, whose arrays may be views of a receive buffer. */
export function claimFromRecord(record: StoreRecord, key: BinaryString, owner: Owner): LeaseClaim {
  const field = record.field === undefined ? undefined : binaryFromBytes(record.field)
  return new LeaseClaim(key, owner, { ...record, field })
}

/** The record that travels for a claim. Its owner and a long value are the store's own arrays. */
export function recordFromClaim(key: Uint8Array, claim: LeaseClaim): StoreRecord {
  const { acquired, timestamp, pruneWatermark, released, leaseSeconds, ephemeral, value } = claim
  const field = claim.field === undefined ? undefined : bytesFromBinary(claim.field)
  const owner = claim.owner.bytes
  return {
    owner,
    acquired,
    timestamp,
    pruneWatermark,
    released,
    leaseSeconds,
    ephemeral,
    key,
    value,
    field,
    proof: claim.proof,
  }
}

/** The first timestamp at which a claim no longer holds its key: a lease lives through its last second. */
export function endOf({ timestamp, leaseSeconds }: LeaseClaim): number {
  return leaseSeconds === 0 ? timestamp : (secondOf(timestamp) + leaseSeconds + 1) * timestampsPerSecond
}
