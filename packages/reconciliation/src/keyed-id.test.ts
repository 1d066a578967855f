import { expect, test } from 'vitest'
import { KeyedId } from './keyed-id.ts'
import { elementsOf, saltOf } from './reconciliation.test-helper.ts'
import { SipHash } from './sip-hash.ts'

const elements = elementsOf('keyed', 20_000)

/** The highest bits of the second half of each id. */
function lowBits(ids: Uint32Array, bits: number): number[] {
  return [...ids].filter((_, index) => index % 2 === 1).map((word) => word >>> (32 - bits))
}

test('an id is the SipHash of the element under the salt', () => {
  const sip = new SipHash(saltOf('a'))
  const ids = new KeyedId(saltOf('a')).idsOf(elements.slice(0, 3))
  const hashes = elements.slice(0, 3).flatMap((element) => {
    sip.hash(element)
    return [sip.high >>> 0, sip.low >>> 0]
  })
  expect([...ids]).toEqual(hashes)
})

test('elements that were chosen to collide under one salt do not collide under another', () => {
  // An attacker has found elements whose ids agree in 10 bits under an old salt.
  const before = lowBits(new KeyedId(saltOf('old')).idsOf(elements), 10)
  const chosen = elements.filter((_, index) => before[index] === before[0])
  expect(chosen.length).toBeGreaterThan(10)
  expect(new Set(lowBits(new KeyedId(saltOf('old')).idsOf(chosen), 10)).size).toBe(1)
  expect(new Set(lowBits(new KeyedId(saltOf('new')).idsOf(chosen), 10)).size).toBeGreaterThan(chosen.length - 5)
})

test('each bit of an element, and each bit of the salt, flips about half of the bits of an id', () => {
  const [element = ''] = elements
  const idWith = (salt: Uint8Array, text: string): Uint32Array => new KeyedId(salt).idsOf([text])
  const original = idWith(saltOf('a'), element)
  const flipped = [
    ...Array.from({ length: 256 }, (_, bit) => idWith(saltOf('a'), flipCharacter(element, bit))),
    ...Array.from({ length: 128 }, (_, bit) =>
      idWith(
        saltOf('a').map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
        element,
      ),
    ),
  ]
  const distances = flipped.map(
    (id) => ones((id[0] ?? 0) ^ (original[0] ?? 0)) + ones((id[1] ?? 0) ^ (original[1] ?? 0)),
  )
  expect(Math.min(...distances)).toBeGreaterThan(15)
  expect(Math.max(...distances)).toBeLessThan(49)
})

test('the sum of checks is not the check of the combined id, and a check depends on the salt', () => {
  const [keyed, other] = [new KeyedId(saltOf('a')), new KeyedId(saltOf('b'))]
  const ids = keyed.idsOf(elements)
  let [mistaken, same] = [0, 0]
  for (let at = 0; at + 5 < ids.length; at += 6) {
    const [h0 = 0, l0 = 0, h1 = 0, l1 = 0, h2 = 0, l2 = 0] = ids.subarray(at, at + 6)
    const sum = keyed.check(h0, l0) + keyed.check(h1, l1) - keyed.check(h2, l2)
    if ((sum | 0) === keyed.check(h0 ^ h1 ^ h2, l0 ^ l1 ^ l2)) mistaken += 1
    if (keyed.check(h0, l0) === other.check(h0, l0)) same += 1
  }
  expect([mistaken, same]).toEqual([0, 0])
})

test('similar ids have different checks', () => {
  const keyed = new KeyedId(saltOf('a'))
  const checks = new Set<number>()
  for (let high = 0; high < 200; high += 1) for (let low = 0; low < 200; low += 1) checks.add(keyed.check(high, low))
  expect(checks.size).toBeGreaterThan(39_990)
})

test('a salt has 16 bytes', () => {
  expect(() => new KeyedId(new Uint8Array(15))).toThrow(RangeError)
})

function flipCharacter(text: string, bit: number): string {
  const at = bit >> 3
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << (bit & 7))) + text.slice(at + 1)
}

function ones(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length
}
