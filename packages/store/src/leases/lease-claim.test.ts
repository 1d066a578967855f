import { expect, test } from 'vitest'
import { LeaseClaim, type ClaimContent, recordFromClaim } from './lease-claim.ts'
import { Owners } from '../records/owners.ts'
import { bytes, ownerNamed } from '../../test/replica.test-helper.ts'
import { SignedBatch } from '../signing/signed-batch.ts'

const owners = new Owners({ idOf: (owner) => String(owner[0]), networkId: new Uint8Array(32) })
const [alice, bob] = [owners.find(ownerNamed('alice')), owners.find(ownerNamed('bob'))]
const content: ClaimContent = {
  ...{ acquired: 1, timestamp: 3, pruneWatermark: 0, released: false, leaseSeconds: 10, ephemeral: false },
  ...{ value: '', field: undefined },
}

test('two claims are the same when all that they say is, and only then', () => {
  const claim = new LeaseClaim('key', alice, content)
  expect(claim.isSameAs(claim)).toBe(true)
  expect(claim.isSameAs(new LeaseClaim('key', alice, { ...content }))).toBe(true)
  expect(claim.isSameAs(new LeaseClaim('key', bob, content))).toBe(false)
  const others: Partial<ClaimContent>[] = [
    { acquired: 2 },
    { timestamp: 4 },
    { pruneWatermark: 1 },
    { leaseSeconds: 11 },
    { ephemeral: true },
    // A deletion has an empty value too.
    { released: true },
    { value: 'x' },
    { field: '' },
  ]
  for (const other of others) {
    const different = new LeaseClaim('key', alice, { ...content, ...other })
    expect([other, claim.isSameAs(different), different.isSameAs(claim)]).toEqual([other, false, false])
  }
})

test('a claim has the length of its lease, and whether its value ends with it', () => {
  for (const part of [
    { leaseSeconds: 10, ephemeral: true },
    { leaseSeconds: 11, ephemeral: false },
    { leaseSeconds: 0, ephemeral: false },
  ]) {
    const { leaseSeconds, ephemeral } = new LeaseClaim('key', alice, { ...content, ...part })
    expect({ leaseSeconds, ephemeral }).toEqual(part)
  }
})

test('the length of a value is told without unpacking it; of a deletion it is 0', () => {
  const lengthOf = (part: Partial<ClaimContent>): number =>
    new LeaseClaim('key', alice, { ...content, ...part }).valueBytes
  expect(lengthOf({ value: 'four' })).toBe(4)
  expect(lengthOf({ value: new Uint8Array(600) })).toBe(600)
  expect(lengthOf({ value: bytes('') })).toBe(0)
  expect(lengthOf({ released: true, value: bytes('left out') })).toBe(0)
})

test('a claim has the proof that it was signed with, and its id, until it is detached', () => {
  const ids = ['a', 'b'].map((letter) => letter.repeat(32))
  const batch = SignedBatch.sign(ids, (root) => root)
  const claim = new LeaseClaim('key', alice, content)
  expect([claim.isSigned, claim.proof]).toEqual([false, undefined])
  claim.attachProof({ batch, index: 1 })
  expect([claim.isSigned, claim.proof?.batch === batch, claim.proof?.index, claim.recordId]).toEqual([
    true,
    true,
    1,
    ids[1],
  ])
  expect(recordFromClaim(bytes('key'), claim).proof).toEqual({ batch, index: 1 })
  claim.detachProof()
  expect([claim.isSigned, claim.proof]).toEqual([false, undefined])
})
