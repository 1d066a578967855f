import { type BinaryString, binaryFromBytes } from '../values/binary-string.ts'
import { LeaseClaim } from '../leases/lease-claim.ts'
import { secondOf } from '../leases/hybrid-clock.ts'
import { KeyHashTable } from './key-hash-table.ts'
import { aloneBytes, hashBytes, headerBytes, signatureBytes } from './packed-layout.ts'
import { InternTable } from './intern-table.ts'
import type { Owner } from '../records/owners.ts'
import { type RecordProof, SignedBatch } from '../signing/signed-batch.ts'
import { emptyValue } from '../values/packed-value.ts'

/** Entries lie in pieces of memory of this size. */
const pieceBytes = 65_536
/** A piece of which less is in use is given up: what it has is written again elsewhere. */
const usedShareMin = 1 / 4
/**
 * Where an entry has what. Behind its header come its key, where its lease term begins if that is not at its timestamp, and what it closes if it closes
 * anything. Of a record that was signed alone its id, the signature and the hash of the header follow.
 */
const at = { form: 0, owner: 2, place: 4, batch: 6, timestamp: 10 } as const
/** The form of an entry: the length of its key, and flags. */
const form = { keyLength: 0x1fff, isGone: 0x2000, hasAcquired: 0x4000, hasPruneWatermark: 0x8000 } as const
const ownersMax = 65_536
const noHash: BinaryString = '\0'.repeat(hashBytes)
/** In the place of a number of a batch. */
const [unsigned, signedAlone] = [0, 0xffff_ffff]

interface Piece {
  readonly view: DataView
  /** Where the next entry begins. */
  end: number
  /** Bytes of the entries that are there. */
  used: number
  /** The second of the oldest record that was written to it. Pieces are in the order of time, but for those that were written again. */
  oldest: number
}

/**
 * Deletions of keys as bytes: of each the only claim on its key, in a third of the memory that an object takes. The claim is made anew each time
 * that it is asked for.
 */
export class PackedTombstones {
  readonly #isCounted: boolean
  readonly #pieces = new InternTable<Piece>()
  #last: { readonly piece: Piece; readonly number: number } | undefined
  /** By its key the place of an entry: the number of its piece times `pieceBytes`, and where it begins there. */
  readonly #index: KeyHashTable
  readonly #owners = new InternTable<Owner>()
  readonly #batches = new InternTable<SignedBatch>()

  /** @param options.isCounted what its claims say of themselves: see `Claim.isCounted` @param options.drawSeed see `StoreOptions.drawSeed` */
  constructor({ isCounted, drawSeed }: { isCounted: boolean; drawSeed: () => number }) {
    this.#isCounted = isCounted
    this.#index = new KeyHashTable({
      drawSeed,
      keyOf: (place) => this.#keyAt(place),
      isKey: (place, key) => this.#hasKey(place, key),
    })
  }

  get size(): number {
    return this.#index.size
  }

  has(key: BinaryString): boolean {
    return this.#index.find(key) !== undefined
  }

  get(key: BinaryString): LeaseClaim | undefined {
    const place = this.#index.find(key)
    return place === undefined ? undefined : this.#claimAt(place, key)
  }

  /** Whether a claim has the form that can be packed. */
  takes({ released, ephemeral, field, leaseSeconds, key }: LeaseClaim): boolean {
    const isPlain = released && !ephemeral && field === undefined && leaseSeconds === 0
    return isPlain && key.length <= form.keyLength && this.#owners.size < ownersMax
  }

  /** Adds a claim whose key is not there yet. */
  add({ key, owner, timestamp, acquired, pruneWatermark, proof }: LeaseClaim): void {
    const [hasAcquired, hasPruneWatermark] = [acquired !== timestamp, pruneWatermark !== 0]
    const flags = (hasAcquired ? form.hasAcquired : 0) | (hasPruneWatermark ? form.hasPruneWatermark : 0)
    const one = proof?.batch.one
    const { piece, offset, place } = this.#reserve(lengthOf(key.length | flags) + (one ? aloneBytes : 0))
    const { view } = piece
    piece.oldest = Math.min(piece.oldest, secondOf(timestamp))
    view.setUint16(offset + at.form, key.length | flags)
    view.setUint16(offset + at.owner, this.#owners.add(owner))
    view.setUint16(offset + at.place, proof?.index ?? 0)
    view.setUint32(offset + at.batch, this.#numberOf(proof, one !== undefined))
    view.setFloat64(offset + at.timestamp, timestamp)
    putText(view, offset + headerBytes, key)
    const numbers = offset + headerBytes + key.length
    if (hasAcquired) view.setFloat64(numbers, acquired)
    if (hasPruneWatermark) view.setFloat64(numbers + (hasAcquired ? 8 : 0), pruneWatermark)
    // A header hash that is not there is 32 zeros, which no hash is.
    if (one) putText(view, offset + lengthOf(key.length | flags), one.id + one.signature + one.headerHash)
    this.#index.add(key, place)
  }

  /** @returns whether it was there */
  delete(key: BinaryString): boolean {
    const place = this.#index.delete(key)
    if (place === undefined) return false
    this.#letGo(place)
    const { piece, view, offset, entry } = this.#entryAt(place)
    view.setUint16(offset + at.form, entry | form.isGone)
    piece.used -= entryLength(view, offset)
    if (piece !== this.#last?.piece && piece.used < pieceBytes * usedShareMin) this.#giveUp(pieceOf(place))
    return true
  }

  /** All claims. Keys may be added and deleted while they are read: others come all the same, some of them twice. */
  *claims(): Generator<LeaseClaim, void, undefined> {
    for (const piece of this.#pieces.items()) {
      // What is written from here on goes into a piece that is still to come.
      if (this.#last?.piece === piece) this.#last = undefined
      const keys = Array.from(this.#placesIn(piece), (place) => this.#keyAt(place))
      for (const key of keys) {
        const claim = this.get(key)
        if (claim) yield claim
      }
    }
  }

  /** The keys whose records are of before a second. */
  keysBefore(second: number): BinaryString[] {
    const keys: BinaryString[] = []
    for (const piece of this.#pieces.items()) {
      if (piece.oldest >= second) continue
      for (const place of this.#placesIn(piece)) if (this.#secondAt(place) < second) keys.push(this.#keyAt(place))
    }
    return keys
  }

  /** The second of each record. */
  *seconds(): Generator<number, void, undefined> {
    for (const place of this.#places()) yield this.#secondAt(place)
  }

  *#places(): Generator<number, void, undefined> {
    for (const piece of this.#pieces.items()) yield* this.#placesIn(piece)
  }

  *#placesIn(piece: Piece): Generator<number, void, undefined> {
    const number = this.#pieces.numberOf(piece) ?? 0
    for (let offset = 0; offset < piece.end; offset += entryLength(piece.view, offset)) {
      if ((piece.view.getUint16(offset) & form.isGone) === 0) yield number * pieceBytes + offset
    }
  }

  /** The owner and the batch of an entry have one use less. */
  #letGo(place: number): void {
    const { view, offset } = this.#entryAt(place)
    this.#owners.release(view.getUint16(offset + at.owner))
    const batch = view.getUint32(offset + at.batch)
    if (batch !== unsigned && batch !== signedAlone) this.#batches.release(batch - 1)
  }

  #numberOf(proof: RecordProof | undefined, isAlone: boolean): number {
    if (!proof) return unsigned
    return isAlone ? signedAlone : this.#batches.add(proof.batch) + 1
  }

  #reserve(bytes: number): { piece: Piece; offset: number; place: number } {
    if (!this.#last || this.#last.piece.end + bytes > pieceBytes) {
      const piece = {
        view: new DataView(new ArrayBuffer(pieceBytes)),
        end: 0,
        used: 0,
        oldest: Number.POSITIVE_INFINITY,
      }
      this.#last = { piece, number: this.#pieces.add(piece) }
    }
    const { piece, number } = this.#last
    const offset = piece.end
    piece.end += bytes
    piece.used += bytes
    return { piece, offset, place: number * pieceBytes + offset }
  }

  /** Writes the entries of a piece again elsewhere, and frees it. */
  #giveUp(number: number): void {
    for (const place of this.#placesIn(this.#pieces.at(number))) {
      const claim = this.#claimAt(place, this.#keyAt(place))
      this.#index.delete(claim.key)
      this.add(claim)
      this.#letGo(place)
    }
    this.#pieces.release(number)
  }

  #claimAt(place: number, key: BinaryString): LeaseClaim {
    const { view, offset, entry, keyEnd } = this.#entryAt(place)
    const hasAcquired = (entry & form.hasAcquired) !== 0
    const timestamp = view.getFloat64(offset + at.timestamp)
    const claim = new LeaseClaim(key, this.#owners.at(view.getUint16(offset + at.owner)), {
      ...{ released: true, leaseSeconds: 0, ephemeral: false, value: emptyValue, field: undefined, timestamp },
      acquired: hasAcquired ? view.getFloat64(keyEnd) : timestamp,
      pruneWatermark: (entry & form.hasPruneWatermark) === 0 ? 0 : view.getFloat64(keyEnd + (hasAcquired ? 8 : 0)),
    })
    const batch = view.getUint32(offset + at.batch)
    if (batch === signedAlone) claim.attachProof({ batch: batchAt(view, offset + lengthOf(entry)), index: 0 })
    else if (batch !== unsigned) {
      claim.attachProof({ batch: this.#batches.at(batch - 1), index: view.getUint16(offset + at.place) })
    }
    claim.isCounted = this.#isCounted
    return claim
  }

  #keyAt(place: number): BinaryString {
    const { view, offset, keyEnd } = this.#entryAt(place)
    const start = offset + headerBytes
    return binaryFromBytes(new Uint8Array(view.buffer, start, keyEnd - start))
  }

  #hasKey(place: number, key: BinaryString): boolean {
    const { view, offset, keyEnd } = this.#entryAt(place)
    const start = offset + headerBytes
    if (keyEnd - start !== key.length) return false
    for (let index = 0; index < key.length; index += 1) {
      if (view.getUint8(start + index) !== key.charCodeAt(index)) return false
    }
    return true
  }

  #secondAt(place: number): number {
    const { view, offset } = this.#entryAt(place)
    return secondOf(view.getFloat64(offset + at.timestamp))
  }

  #entryAt(place: number): { piece: Piece; view: DataView; offset: number; entry: number; keyEnd: number } {
    const piece = this.#pieces.at(pieceOf(place))
    const offset = place % pieceBytes
    const entry = piece.view.getUint16(offset + at.form)
    return { piece, view: piece.view, offset, entry, keyEnd: offset + headerBytes + (entry & form.keyLength) }
  }
}

function pieceOf(place: number): number {
  return Math.floor(place / pieceBytes)
}

function entryLength(view: DataView, offset: number): number {
  const isAlone = view.getUint32(offset + at.batch) === signedAlone
  return lengthOf(view.getUint16(offset + at.form)) + (isAlone ? aloneBytes : 0)
}

function putText(view: DataView, offset: number, text: BinaryString): void {
  for (let index = 0; index < text.length; index += 1) view.setUint8(offset + index, text.charCodeAt(index))
}

function batchAt(view: DataView, offset: number): SignedBatch {
  const text = (start: number, length: number): BinaryString =>
    binaryFromBytes(new Uint8Array(view.buffer, offset + start, length))
  const headerHash = text(hashBytes + signatureBytes, hashBytes)
  return SignedBatch.ofOne({
    id: text(0, hashBytes),
    signature: text(hashBytes, signatureBytes),
    headerHash: headerHash === noHash ? '' : headerHash,
    countedBytes: aloneBytes,
  })
}

/** Bytes of an entry of such a form, but for the proof of one that was signed alone. */
function lengthOf(entry: number): number {
  const numbers = Number((entry & form.hasAcquired) !== 0) + Number((entry & form.hasPruneWatermark) !== 0)
  return headerBytes + (entry & form.keyLength) + 8 * numbers
}
