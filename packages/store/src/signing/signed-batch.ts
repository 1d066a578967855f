import { type BinaryString, binaryFromBytes, bytesFromBinary } from '../values/binary-string.ts'
import { MerkleTree } from './merkle-tree.ts'

/** Most records that one signature is for. */
export const batchSizeMax = 1024

/** What a batch takes in memory beyond the hashes of its tree, and what each of those takes: about. */
const batchBytes = 160
const hashBytes = 64

/** Bytes of a record's id. */
const idBytes = 32

/** Makes the signature, 64 bytes, of a root of 32. */
type SignRoot = (root: Uint8Array, size: number) => Uint8Array

/**
 * What an owner signed at once: the ids of some records, as the root of a tree of them. It is kept once for all its
 * records that are kept, with as much of the tree as it takes to prove any of them without the others.
 */
export class SignedBatch {
  /** Undefined while nobody has asked for it. */
  #signature: BinaryString | undefined
  /** Empty: the signature is for the records alone. */
  #headerHash: BinaryString
  readonly #sign: SignRoot | undefined
  readonly #tree: MerkleTree
  /** 1 at the places of the records that are kept. */
  #isRetained: Uint8Array | undefined
  #retainedCount = 0
  /** How many there were when the tree was last cut down. */
  #retainedAtCut = 0
  #countedBytes = 0
  /** How many are at work with its proofs. */
  #heldBy = 0

  private constructor(tree: MerkleTree, signed: { signature: BinaryString; headerHash: BinaryString } | SignRoot) {
    this.#tree = tree
    this.#sign = typeof signed === 'function' ? signed : undefined
    this.#signature = typeof signed === 'function' ? undefined : signed.signature
    this.#headerHash = typeof signed === 'function' ? '' : signed.headerHash
  }

  /** Signs records, once the signature is asked for, unless they get another one before. @param sign makes the signature */
  static sign(ids: readonly BinaryString[], sign: SignRoot): SignedBatch {
    return new SignedBatch(MerkleTree.of(ids), sign)
  }

  /**
   * The batch of which some records are known, and what was sent as their proof. The signature is not verified.
   * @returns undefined if the proof does not fit the number of records
   */
  static fromProof(proof: {
    readonly signature: Uint8Array
    /** What else it is for, 32 bytes; 32 zeros: nothing. */
    readonly headerHash: Uint8Array
    readonly size: number
    /** The places of the records, ascending, and their ids. */
    readonly indices: readonly number[]
    readonly ids: readonly BinaryString[]
    /** Hashes of 32 bytes each. */
    readonly path: Uint8Array
  }): SignedBatch | undefined {
    const { size, indices, ids } = proof
    const text = binaryFromBytes(proof.path)
    const path = Array.from({ length: text.length / idBytes }, (_, at) => text.slice(at * idBytes, (at + 1) * idBytes))
    const tree = MerkleTree.grown(size, indices, ids, path)
    return tree && new SignedBatch(tree, { signature: binaryFromBytes(proof.signature), headerHash: headerOf(proof) })
  }

  /** The batch of a single kept record. `countedBytes`: what it is counted as. */
  static ofOne(one: {
    readonly id: BinaryString
    readonly signature: BinaryString
    /** Empty: the signature is for the record alone. */
    readonly headerHash: BinaryString
    readonly countedBytes: number
  }): SignedBatch {
    const batch = new SignedBatch(MerkleTree.of([one.id]), one)
    batch.retain(0)
    batch.#countedBytes = one.countedBytes
    return batch
  }

  /** What `ofOne` takes; undefined if it is of several records. */
  get one():
    | { readonly id: BinaryString; readonly signature: BinaryString; readonly headerHash: BinaryString }
    | undefined {
    if (this.size > 1) return undefined
    return { id: this.idAt(0), signature: this.#signed, headerHash: this.#headerHash }
  }

  /** Whether it has a signature by now. */
  get isSigned(): boolean {
    return this.#signature !== undefined
  }

  /** Ed25519, 64 bytes. */
  get signature(): Uint8Array {
    return bytesFromBinary(this.#signed)
  }

  /** What else the signature is for: 32 bytes; zeros: nothing. */
  get headerHash(): Uint8Array {
    return this.#headerHash === '' ? new Uint8Array(idBytes) : bytesFromBinary(this.#headerHash)
  }

  /** Takes a signature that is for a message, too, if it has none. */
  adopt(proof: { readonly signature: Uint8Array; readonly headerHash: Uint8Array }): void {
    if (this.isSigned) return
    this.#signature = binaryFromBytes(proof.signature)
    this.#headerHash = headerOf(proof)
  }

  get #signed(): BinaryString {
    if (this.#signature !== undefined) return this.#signature
    if (!this.#sign) throw new TypeError('A batch of another has its signature.')
    this.#signature = binaryFromBytes(this.#sign(this.root, this.size))
    return this.#signature
  }

  /** How many records were signed. */
  get size(): number {
    return this.#tree.size
  }

  /** The root of the tree, 32 bytes. */
  get root(): Uint8Array {
    return bytesFromBinary(this.#tree.root)
  }

  /** The id of the record at a place. */
  idAt(index: number): BinaryString {
    return this.#tree.leaf(index)
  }

  /** What proves the records at these places, ascending, to those who have them: hashes of 32 bytes each. */
  path(indices: readonly number[]): Uint8Array {
    return bytesFromBinary(this.#tree.path(indices).join(''))
  }

  /** Whether two are the same: signature, what it is for, size and root. */
  isSameAs(other: SignedBatch): boolean {
    const isOneSignature = this.#signed === other.#signed && this.#headerHash === other.#headerHash
    return isOneSignature && this.size === other.size && this.#tree.root === other.#tree.root
  }

  /** Takes in what is known of the same batch elsewhere. */
  absorb(other: SignedBatch): void {
    this.#tree.absorb(other.#tree)
  }

  /** The same batch, with no more than what proves the record at a place: for one that is kept elsewhere. */
  alone(index: number): SignedBatch {
    const tree = MerkleTree.grown(this.size, [index], [this.idAt(index)], this.#tree.path([index]))
    if (!tree) throw new RangeError('A path that was made fits.')
    return new SignedBatch(tree, { signature: this.#signed, headerHash: this.#headerHash })
  }

  /** From now on nothing that is known of it is dropped: its proofs are about to be used. */
  hold(): void {
    this.#heldBy += 1
  }

  /** What was held is kept by now, or is not wanted. */
  letGo(): void {
    this.#heldBy -= 1
  }

  /** How many bytes more would be counted if a record of it were kept now. */
  get uncountedBytes(): number {
    return this.#bytes - this.#countedBytes
  }

  /** Takes less memory from now on: its records are old, and seldom asked for. @returns by how many bytes the batch grew: less than none */
  pack(): number {
    this.#tree.pack()
    return this.#retainedCount === 0 ? 0 : this.#count(this.#bytes)
  }

  /** The record at this place is kept from now on. @returns by how many bytes the batch grew */
  retain(index: number): number {
    this.#isRetained ??= new Uint8Array(this.size)
    this.#isRetained[index] = 1
    this.#retainedCount += 1
    this.#retainedAtCut = Math.max(this.#retainedAtCut, this.#retainedCount)
    return this.#count(this.#bytes)
  }

  /** The record at this place is not kept any more. @returns by how many bytes the batch grew: less than none */
  release(index: number): number {
    if (this.#isRetained) this.#isRetained[index] = 0
    this.#retainedCount -= 1
    if (this.#retainedCount === 0) return this.#count(0)
    if (this.#retainedCount * 2 <= this.#retainedAtCut && this.#heldBy === 0) this.#cut()
    return this.#count(this.#bytes)
  }

  get #bytes(): number {
    const bytes = this.#tree.isPacked ? idBytes : hashBytes
    return batchBytes + bytes * (this.#tree.count + (this.#headerHash === '' ? 0 : 1))
  }

  #cut(): void {
    const retained: number[] = []
    this.#isRetained?.forEach((isRetained, index) => isRetained === 1 && retained.push(index))
    this.#tree.retain(retained)
    this.#retainedAtCut = this.#retainedCount
  }

  #count(bytes: number): number {
    const growth = bytes - this.#countedBytes
    this.#countedBytes = bytes
    return growth
  }
}

function headerOf({ headerHash }: { readonly headerHash: Uint8Array }): BinaryString {
  return headerHash.some((byte) => byte !== 0) ? binaryFromBytes(headerHash) : ''
}

/** What proves that a record's owner wrote it. */
export interface RecordProof {
  readonly batch: SignedBatch
  /** The record's place in it. */
  readonly index: number
}
