import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BinaryString, binaryFromBytes } from '../values/binary-string.ts'
import { MerkleTree } from './merkle-tree.ts'

const sha256 = (bytes: Uint8Array): BinaryString => binaryFromBytes(createHash('sha256').update(bytes).digest())
const bytesOf = (text: BinaryString): Buffer => Buffer.from(text, 'latin1')
const leavesOf = (size: number): BinaryString[] =>
  Array.from({ length: size }, (_, index) => sha256(Buffer.from(`leaf ${index}`)))

/** The root as RFC 9162, section 2.1.1, says it: by halves of which the left is the greatest power of two. */
function rootOf(leaves: readonly BinaryString[]): BinaryString {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  const [left, right] = [rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half))]
  return sha256(Buffer.concat([Buffer.of(1), bytesOf(left), bytesOf(right)]))
}

/** Some places of a tree, ascending, at least one. */
const someOf = fc.integer({ min: 1, max: 70 }).chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.uniqueArray(fc.nat(size - 1), { minLength: 1 }).map((places) => places.toSorted((x, y) => x - y)),
  ),
)

describe('a tree', () => {
  test('has the root of RFC 9162, whatever its size', () => {
    for (let size = 1; size <= 130; size++) expect(MerkleTree.of(leavesOf(size)).root).toBe(rootOf(leavesOf(size)))
  })

  test('grown from some leaves and their path it has the same root, and so from any of those', () => {
    fc.assert(
      fc.property(someOf, fc.infiniteStream(fc.boolean()), ([size, places], choices) => {
        const leaves = leavesOf(size)
        const whole = MerkleTree.of(leaves)
        const grow = (from: MerkleTree, some: readonly number[]): MerkleTree | undefined =>
          MerkleTree.grown(
            size,
            some,
            some.map((place) => from.leaf(place)),
            from.path(some),
          )
        const part = grow(whole, places)
        expect(part?.root).toBe(whole.root)
        const fewer = places.filter((_, at) => at === 0 || choices.next().value)
        expect(part && grow(part, fewer)?.root).toBe(whole.root)
      }),
    )
  })

  test('a path is the shortest: none of its hashes follows from the leaves', () => {
    const whole = MerkleTree.of(leavesOf(8))
    expect(
      [[0], [0, 1], [0, 7], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7]].map((some) => whole.path(some).length),
    ).toEqual([3, 2, 4, 1, 0])
  })

  test('a path of another length, and no leaves, grow no tree; any other change another root', () => {
    fc.assert(
      fc.property(someOf, fc.nat(), ([size, places], at) => {
        const whole = MerkleTree.of(leavesOf(size))
        const path = whole.path(places)
        const leaves = places.map((place) => whole.leaf(place))
        expect(MerkleTree.grown(size, places, leaves, [...path, whole.root])).toBeUndefined()
        expect(MerkleTree.grown(size, [], [], [])).toBeUndefined()
        if (path.length === 0) return
        expect(MerkleTree.grown(size, places, leaves, path.slice(1))).toBeUndefined()
        const changed = path.with(at % path.length, whole.root)
        expect(MerkleTree.grown(size, places, leaves, changed)?.root).not.toBe(whole.root)
      }),
    )
  })

  test('parts of one tree that are put together prove what each of them did, and both', () => {
    const whole = MerkleTree.of(leavesOf(100))
    const part = (some: readonly number[]): MerkleTree => {
      const leaves = some.map((place) => whole.leaf(place))
      const grown = MerkleTree.grown(100, some, leaves, whole.path(some))
      if (!grown) throw new Error('The path does not fit.')
      return grown
    }
    const one = part([3, 50])
    one.absorb(part([4, 99]))
    for (const some of [[3], [99], [3, 4], [3, 4, 50, 99]]) expect(one.path(some)).toEqual(whole.path(some))
    expect(() => one.path([9])).toThrow(RangeError)
  })

  test('cut down to some leaves it still proves each of them, and knows little else', () => {
    const whole = MerkleTree.of(leavesOf(1024))
    const cut = MerkleTree.of(leavesOf(1024))
    cut.retain([7, 700])
    for (const some of [[7], [700], [7, 700]]) expect(cut.path(some)).toEqual(whole.path(some))
    expect(cut.root).toBe(whole.root)
    expect(whole.count).toBe(2047)
    expect(cut.count).toBeLessThan(45)
  })
})
