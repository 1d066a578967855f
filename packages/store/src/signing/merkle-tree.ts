import { sha256 } from '@noble/hashes/sha2.js'
import { type BinaryString, binaryFromBytes } from '../values/binary-string.ts'

/** Bytes of a hash. */
const hashBytes = 32

/**
 * A Merkle tree of record ids, or as much of one as is known. Its shape is that of RFC 9162, section 2.1: every node has
 * two children, SHA-256 over 0x01 and both is its hash, and the last node of a level of odd width is that of the next
 * one. A leaf's hash is the record's id itself: what an id is the hash of begins with `ts2p record v1`, never with 0x01.
 */
export class MerkleTree {
  readonly size: number
  /** By their numbers: the leaves first, then level by level. Engines keep a sparse array as a map. */
  #hashes: BinaryString[]
  #packed: PackedHashes | undefined
  #count = 0

  private constructor(size: number) {
    this.size = size
    this.#hashes = []
  }

  /** The whole tree of at least one leaf. */
  static of(leaves: readonly BinaryString[]): MerkleTree {
    const all = leaves.map((_, index) => index)
    const tree = MerkleTree.grown(leaves.length, all, leaves, [])
    if (!tree) throw new RangeError('A tree has at least one leaf.')
    return tree
  }

  /**
   * The tree that some of the leaves are part of.
   * @param indices the places of the leaves, ascending
   * @param path what `path` gives for them; undefined is returned if it is anything else in length
   */
  static grown(
    size: number,
    indices: readonly number[],
    leaves: readonly BinaryString[],
    path: readonly BinaryString[],
  ): MerkleTree | undefined {
    if (leaves.length === 0) return undefined
    const tree = new MerkleTree(size)
    leaves.forEach((leaf, at) => tree.#put(indices[at] ?? 0, leaf))
    let used = 0
    for (const { node, left, right, missing } of climb(size, indices)) {
      const hash = missing === undefined ? undefined : path[used++]
      if (missing !== undefined && hash === undefined) return undefined
      if (missing !== undefined && hash !== undefined) tree.#put(missing, hash)
      tree.#put(node, right === undefined ? tree.#at(left) : nodeHash(tree.#at(left), tree.#at(right)))
    }
    return used === path.length ? tree : undefined
  }

  /** How many hashes are known. */
  get count(): number {
    return this.#count
  }

  get root(): BinaryString {
    return this.#at(nodeCount(this.size) - 1)
  }

  /** The id of the record at a place that is known. */
  leaf(index: number): BinaryString {
    return this.#at(index)
  }

  /** The hashes that, with the leaves at these places (ascending), give the root: the fewest there are, from the leaves up. */
  path(indices: readonly number[]): BinaryString[] {
    return climb(this.size, indices).flatMap(({ missing }) => (missing === undefined ? [] : [this.#at(missing)]))
  }

  /** Takes in what another part of the same tree has. */
  absorb(other: MerkleTree): void {
    this.#unpack()
    other.#hashesByNumber().forEach((hash, number) => this.#put(number, hash))
  }

  /** Whether its hashes are kept as bytes: that takes half of the memory, and more time to read. */
  get isPacked(): boolean {
    return this.#packed !== undefined
  }

  /** Keeps its hashes as bytes, until it changes. */
  pack(): void {
    if (this.#packed) return
    const bytes = new Uint8Array(this.#count * hashBytes)
    const numbers = new Uint16Array(this.#count)
    let at = 0
    this.#hashes.forEach((hash, number) => {
      for (let index = 0; index < hashBytes; index += 1) bytes[at * hashBytes + index] = hash.charCodeAt(index)
      numbers[at] = number
      at += 1
    })
    this.#packed = { numbers: this.#count === nodeCount(this.size) ? undefined : numbers, bytes }
    this.#hashes = []
  }

  /** Drops all that is not needed for the paths of these leaves, alone or together. */
  retain(indices: readonly number[]): void {
    this.#unpack()
    const whole = this.#hashes
    this.#hashes = []
    this.#count = 0
    const keep = (number: number): void => {
      const hash = whole[number]
      if (hash !== undefined) this.#put(number, hash)
    }
    for (const index of indices) keep(index)
    for (const { node, left, right } of climb(this.size, indices)) {
      keep(left)
      if (right !== undefined) keep(right)
      keep(node)
    }
  }

  #unpack(): void {
    if (!this.#packed) return
    this.#hashes = this.#hashesByNumber()
    this.#packed = undefined
  }

  /** As a sparse array. */
  #hashesByNumber(): BinaryString[] {
    const packed = this.#packed
    if (!packed) return this.#hashes
    const hashes: BinaryString[] = []
    for (let at = 0; at < this.#count; at += 1) hashes[packed.numbers?.[at] ?? at] = hashAt(packed.bytes, at)
    return hashes
  }

  #put(number: number, hash: BinaryString): void {
    if (this.#hashes[number] === undefined) this.#count += 1
    this.#hashes[number] = hash
  }

  #at(number: number): BinaryString {
    const hash = this.#packed ? packedHash(this.#packed, number) : this.#hashes[number]
    if (hash === undefined) throw new RangeError(`The tree does not know its hash ${number}.`)
    return hash
  }
}

/** Hashes one behind the other. */
interface PackedHashes {
  /** The number of each, ascending; undefined: all of a tree are there. */
  readonly numbers: Uint16Array | undefined
  readonly bytes: Uint8Array
}

function packedHash({ numbers, bytes }: PackedHashes, number: number): BinaryString | undefined {
  const at = numbers ? numbers.indexOf(number) : number
  return at === -1 ? undefined : hashAt(bytes, at)
}

function hashAt(bytes: Uint8Array, at: number): BinaryString {
  return binaryFromBytes(bytes.subarray(at * hashBytes, (at + 1) * hashBytes))
}

/** How many hashes a whole tree has. */
function nodeCount(size: number): number {
  let count = 1
  for (let width = size; width > 1; width = (width + 1) >>> 1) count += width
  return count
}

/** One step up: a node with its children by their numbers, and which of these does not follow from the leaves. */
interface TreeStep {
  readonly node: number
  readonly left: number
  /** Undefined where the node is that of the level below. */
  readonly right: number | undefined
  readonly missing: number | undefined
}

/** All steps from some leaves to the root, level by level. */
function climb(size: number, indices: readonly number[]): TreeStep[] {
  const steps: TreeStep[] = []
  let first = 0
  let known = indices
  for (let width = size; width > 1; width = (width + 1) >>> 1) {
    const parents: number[] = []
    for (let at = 0; at < known.length; at += 1) {
      const index = known[at] ?? 0
      const left = index & ~1
      const right = left + 1
      const hasBoth = known[at + 1] === right && index === left
      if (hasBoth) at += 1
      parents.push(left >>> 1)
      steps.push({
        node: first + width + (left >>> 1),
        left: first + left,
        right: right < width ? first + right : undefined,
        missing: hasBoth || right >= width ? undefined : first + (index ^ 1),
      })
    }
    first += width
    known = parents
  }
  return steps
}

function nodeHash(left: BinaryString, right: BinaryString): BinaryString {
  const bytes = new Uint8Array(1 + left.length + right.length)
  bytes[0] = 1
  for (let index = 0; index < left.length; index += 1) bytes[1 + index] = left.charCodeAt(index)
  for (let index = 0; index < right.length; index += 1) bytes[1 + left.length + index] = right.charCodeAt(index)
  return binaryFromBytes(sha256(bytes))
}
