import * as fc from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import {
  drawsOf,
  hostileLeaseSeconds,
  hostileOwnedRecords,
  hostileRecords,
  hostileWrites,
  ownerId,
  shuffledWithRepeats,
} from './algebra.test-helper.ts'
import { type LeaseClaim, claimFromRecord } from '../src/leases/lease-claim.ts'
import { addClaim, claimsOf, joinClaims, type KeyState, replayClaims, valueOf } from '../src/leases/key-state.ts'
import { binaryFromBytes } from '../src/values/binary-string.ts'
import { addWrite } from '../src/values/last-writer-wins.ts'
import { Owners } from '../src/records/owners.ts'
import type { StoreRecord } from '../src/records/record.ts'
import { read, replica, start, stateOf } from './replica.test-helper.ts'

/** More by TS2P_FULL=1; some minutes for 350,000: TS2P_ALGEBRA_SETS=350000. */
const sets = Number(process.env['TS2P_ALGEBRA_SETS'] ?? scaled(1500, 20_000))
const timeoutMs = 60_000 + sets

const networkId = new Uint8Array(32)
// The order of the ids is not the order of the owners' bytes.
const idOf = (owner: Uint8Array): string => String.fromCharCode(...owner.filter((byte) => byte !== 0).toReversed())
const ownedIdOf = (owner: Uint8Array): string => (idOf(owner) === 'ecila' ? ownerId : idOf(owner))

function claimsFrom(records: readonly StoreRecord[]): LeaseClaim[] {
  const owners = new Owners({ idOf: ownedIdOf, networkId })
  return records.map((record) => {
    const owner = owners.find(record.owner)
    if (owner.keys === 0) owners.addKeyState(owner, true)
    return claimFromRecord(record, binaryFromBytes(record.key), owner)
  })
}

/** Joins groups two by two until one is left, joining some more than once. */
function joinedByTree(
  claims: readonly LeaseClaim[],
  leaseTermsMax: number,
  draw: (below: number) => number,
): LeaseClaim[] {
  const groups = claims.map((claim) => [claim])
  for (;;) {
    const one = groups.splice(draw(groups.length), 1)[0] ?? []
    if (groups.length === 0) return one
    const index = draw(groups.length)
    const other = groups[index] ?? []
    if (draw(4) > 0) groups.splice(index, 1)
    groups.push(joinClaims([...one, ...other], leaseTermsMax))
  }
}

function addedInOrder(
  claims: readonly LeaseClaim[],
  add: (before: KeyState | undefined, claim: LeaseClaim) => KeyState | undefined,
) {
  return claims.reduce((keyState: KeyState | undefined, claim) => add(keyState, claim) ?? keyState, undefined)
}

function describe(keyState: KeyState | undefined): unknown {
  const rids =
    keyState &&
    claimsOf(keyState)
      .map((claim) => claim.recordId)
      .toSorted()
  return {
    rids,
    holder: keyState?.holder.recordId,
    granted: keyState?.granted,
    value: keyState && valueOf(keyState)?.join(),
  }
}

test.each([
  ['a key', hostileRecords],
  ['a key that one may write and others may delete', hostileOwnedRecords],
] as const)(
  `joining is associative, commutative and idempotent: ${sets} hostile sets of %s`,
  { timeout: timeoutMs },
  (_, arbitrary) => {
    let checked = 0
    const property = fc.property(arbitrary, fc.constantFrom(1, 2, 3, 128), fc.nat(), (records, max, seed) => {
      const draw = drawsOf(seed)
      const rules = { leaseTermsPerKeyMax: max }
      const claims = claimsFrom(records)
      const joined = joinClaims(claims, max)
      const rids = joined.map((claim) => claim.recordId)
      expect(joinClaims([...joined, ...joined], max).map((claim) => claim.recordId)).toEqual(rids)
      expect(joinedByTree(claims, max, draw).map((claim) => claim.recordId)).toEqual(rids)

      const keyState = addedInOrder(shuffledWithRepeats(claims, draw), (before, claim) =>
        addClaim(before, claim, rules),
      )
      const { holder, granted } = replayClaims(joined)
      const value = holder.released ? undefined : holder.value.join()
      expect(describe(keyState)).toEqual({ rids: rids.toSorted(), holder: holder.recordId, granted, value })
      checked += 1
    })
    fc.assert(property, { numRuns: sets })
    expect(checked).toBe(sets)
  },
)

test(`so is merging without leases: ${sets} hostile sets`, { timeout: timeoutMs }, () => {
  const property = fc.property(hostileWrites, fc.nat(), (records, seed) => {
    const draw = drawsOf(seed)
    const claims = claimsFrom(records)
    const one = addedInOrder(claims, addWrite)
    expect(describe(addedInOrder(shuffledWithRepeats(claims, draw), addWrite))).toEqual(describe(one))
    // Two replicas that each know a part, then all that the one has kept is given to the other.
    const part = addedInOrder(
      claims.filter(() => draw(2) === 0),
      addWrite,
    )
    const retained = [...(part ? claimsOf(part) : []), ...(one ? claimsOf(one) : [])]
    expect(describe(addedInOrder(shuffledWithRepeats(retained, draw), addWrite))).toEqual(describe(one))
  })
  fc.assert(property, { numRuns: sets })
})

test.each([
  ['with leases', hostileLeaseSeconds, hostileRecords],
  ['with leases, of an owned key,', hostileLeaseSeconds, hostileOwnedRecords],
  ['without leases', 0, hostileWrites],
] as const)('replicas %s end in the same state, in whatever order records come', (_, leaseSeconds, arbitrary) => {
  const property = fc.property(arbitrary, fc.nat(), (records, seed) => {
    const draw = drawsOf(seed)
    const stores = ['alice', 'bob', 'nobody'].map((name) =>
      replica(name, { leaseSeconds, limits: { leaseTermsPerKeyMax: 3 }, idOf: ownedIdOf }),
    )
    for (const store of stores) for (const record of shuffledWithRepeats(records, draw)) store.apply(record, start)
    const states = new Set(stores.map(stateOf))
    const roots = new Set(stores.map((store) => store.summaryRoot().join()))
    const values = new Set(stores.map((store) => [...store.keys()].map((key) => read(store, key)).join()))
    expect([states.size, roots.size, values.size]).toEqual([1, 1, 1])
  })
  fc.assert(property, { numRuns: Math.min(sets, 2000) })
})
