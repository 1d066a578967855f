import { describe, expect, test } from 'vitest'
import { type LeaseClaim, claimFromRecord } from './lease-claim.ts'
import { timestampsPerSecond } from './hybrid-clock.ts'
import { deletableAt, leaseOf, mayWrite, termOfWrite } from './lease.ts'
import { addClaim, claimsOf, joinClaims, type KeyState, replayClaims } from './key-state.ts'
import { compareEvents, compareWatermarks, compareTerms, compareVersions, supersedes } from './claim-order.ts'
import { Owners } from '../records/owners.ts'
import type { StoreRecord } from '../records/record.ts'
import { bytes, ownerNamed, recordBy } from '../../test/replica.test-helper.ts'

const rules = { leaseTermsPerKeyMax: 4 }
// The ids are in the opposite order of the owners' bytes.
const ids: Record<string, string> = { alice: 'z', bob: 'y', carol: 'x' }
const owners = new Owners({
  idOf: (owner) => ids[String.fromCharCode(...owner.filter((byte) => byte !== 0))] ?? '',
  networkId: new Uint8Array(32),
})
for (const name of Object.keys(ids)) owners.addKeyState(owners.find(ownerNamed(name)), true)

/** Owners of which alice has an id that may own keys. */
const ownedOwners = new Owners({
  idOf: (owner) => (owner[0] === 'a'.charCodeAt(0) ? 'z'.repeat(32) : String.fromCharCode(owner[0] ?? 0)),
  networkId: new Uint8Array(32),
})

/** A claim with timestamps in seconds. */
function claimBy(
  name: string,
  seconds: { acquired: number; timestamp?: number; pruneWatermark?: number; released?: boolean; value?: string },
): LeaseClaim {
  const { acquired, timestamp = acquired, pruneWatermark = 0, released = false, value = name } = seconds
  const record = recordBy(name, {
    acquired: acquired * timestampsPerSecond,
    timestamp: timestamp * timestampsPerSecond,
    pruneWatermark: pruneWatermark * timestampsPerSecond,
    released,
    leaseSeconds: released ? 0 : 10,
    value: bytes(released ? '' : value),
  })
  return claimFromRecord(record, 'key', owners.find(ownerNamed(name)))
}

function joined(...claims: LeaseClaim[]): KeyState {
  const keyState = claims.reduce(
    (before: KeyState | undefined, claim) => addClaim(before, claim, rules) ?? before,
    undefined,
  )
  if (keyState === undefined) throw new Error('There is a claim.')
  return keyState
}

test('lease terms are ordered by when they began, then by the bytes of the owner', () => {
  expect(compareTerms(claimBy('alice', { acquired: 1 }), claimBy('bob', { acquired: 2 }))).toBeLessThan(0)
  expect(compareTerms(claimBy('bob', { acquired: 1 }), claimBy('alice', { acquired: 1 }))).toBe(1)
  expect(compareTerms(claimBy('alice', { acquired: 1 }), claimBy('bob', { acquired: 1 }))).toBe(-1)
  expect(compareTerms(claimBy('bob', { acquired: 1, timestamp: 3 }), claimBy('bob', { acquired: 1 }))).toBe(0)
})

test('versions are ordered by prune watermark, timestamp, release, and id', () => {
  const order = [
    claimBy('bob', { acquired: 1, timestamp: 5 }),
    claimBy('bob', { acquired: 1, timestamp: 6 }),
    claimBy('bob', { acquired: 1, timestamp: 6, released: true }),
    claimBy('bob', { acquired: 1, timestamp: 4, pruneWatermark: 2 }),
  ]
  for (const [x, one] of order.entries()) {
    for (const [y, other] of order.entries()) expect(Math.sign(compareVersions(one, other))).toBe(Math.sign(x - y))
  }
  const [one, other] = ['x', 'y'].map((value) => claimBy('bob', { acquired: 1, value }))
  if (!one || !other) throw new Error('There are two.')
  expect(compareVersions(one, other)).toBe(one.recordId < other.recordId ? -1 : 1)
  expect(compareVersions(one, other)).toBe(-compareVersions(other, one))
})

test('floors are ordered by what they close, then as lease terms', () => {
  const [low, high] = [
    claimBy('bob', { acquired: 9, pruneWatermark: 1 }),
    claimBy('alice', { acquired: 5, pruneWatermark: 2 }),
  ]
  expect(compareWatermarks(low, high)).toBeLessThan(0)
  expect(compareWatermarks(claimBy('bob', { acquired: 9, pruneWatermark: 2 }), high)).toBeGreaterThan(0)
})

test('events are ordered by second, id, timestamp, and chance', () => {
  const [alice, carol] = [claimBy('alice', { acquired: 1 }), claimBy('carol', { acquired: 1 })]
  const second = timestampsPerSecond
  const order = [
    { claim: carol, at: second, chance: 0 },
    { claim: carol, at: second, chance: 1 },
    { claim: carol, at: second + 7, chance: 0 },
    { claim: alice, at: second + 1, chance: 0 },
    { claim: carol, at: 2 * second, chance: 0 },
  ] as const
  for (const [x, one] of order.entries()) {
    for (const [y, other] of order.entries()) expect(Math.sign(compareEvents(one, other))).toBe(Math.sign(x - y))
  }
})

test('without leases a write supersedes by timestamp, then by the smaller id, then by the record', () => {
  const carol = claimBy('carol', { acquired: 2 })
  expect(supersedes(carol, claimBy('alice', { acquired: 1 }))).toBe(true)
  expect(supersedes(claimBy('alice', { acquired: 1 }), carol)).toBe(false)
  expect(supersedes(carol, claimBy('alice', { acquired: 2 }))).toBe(true)
  expect(supersedes(claimBy('alice', { acquired: 2 }), carol)).toBe(false)
  expect(supersedes(carol, claimBy('carol', { acquired: 2 }))).toBe(false)
})

test('the watermark keeps itself, drops what began before it, and the latest lease terms stay', () => {
  const old = claimBy('alice', { acquired: 1 })
  const watermark = claimBy('bob', { acquired: 2, timestamp: 9, pruneWatermark: 5 })
  const atWatermark = claimBy('carol', { acquired: 5 })
  expect(joinClaims([old, watermark, atWatermark], 4)).toEqual([watermark, atWatermark])
  const many = [6, 7, 8, 9, 10].map((acquired) => claimBy('carol', { acquired }))
  expect(joinClaims([...many, watermark], 4)).toEqual([watermark, ...many.slice(1)])
  expect(joinClaims(many, 4)).toEqual(many.slice(1))
})

test('a lone claim is its own key state, and is replaced by its later version only', () => {
  const [first, later] = [claimBy('bob', { acquired: 1 }), claimBy('bob', { acquired: 1, timestamp: 3 })]
  expect(addClaim(undefined, first, rules)).toBe(first)
  expect(addClaim(first, later, rules)).toBe(later)
  expect(addClaim(later, first, rules)).toBeUndefined()
  expect(addClaim(later, claimBy('bob', { acquired: 1, timestamp: 3 }), rules)).toBeUndefined()
})

test('a key state of several: what is known, outdated, or of no account changes nothing', () => {
  const [alice, bob] = [claimBy('alice', { acquired: 1 }), claimBy('bob', { acquired: 5 })]
  const keyState = joined(alice, bob)
  expect([keyState.holder, keyState.granted, keyState.others]).toEqual([alice, 1 * timestampsPerSecond, [bob]])
  expect(addClaim(keyState, claimBy('bob', { acquired: 5 }), rules)).toBeUndefined()
  const renewed = joined(alice, bob, claimBy('bob', { acquired: 5, timestamp: 6 }))
  expect(addClaim(renewed, bob, rules)).toBeUndefined()
  // A watermark that closes all the others leaves itself alone.
  const pruneWatermark = claimBy('carol', { acquired: 40, pruneWatermark: 40 })
  expect(addClaim(keyState, pruneWatermark, rules)).toBe(pruneWatermark)
  expect(claimsOf(keyState)).toEqual([alice, bob])
})

test('a renewal of the holder leaves the other claims where they are', () => {
  const [alice, bob] = [claimBy('alice', { acquired: 1 }), claimBy('bob', { acquired: 5 })]
  const renewal = claimBy('alice', { acquired: 1, timestamp: 3 })
  expect(addClaim(joined(alice, bob), renewal, rules)).toMatchObject({ holder: renewal, others: [bob] })
})

test('the replay: a lease lives through its last second, and the same owner goes on with its latest write', () => {
  const alice = claimBy('alice', { acquired: 1 })
  expect(replayClaims([alice, claimBy('bob', { acquired: 11 })]).holder).toBe(alice)
  const bob = claimBy('bob', { acquired: 12 })
  expect(replayClaims([alice, bob])).toEqual({ holder: bob, granted: 12 * timestampsPerSecond })
  const [early, late] = [
    claimBy('alice', { acquired: 2, timestamp: 9 }),
    claimBy('alice', { acquired: 3, timestamp: 4 }),
  ]
  expect(replayClaims([early, late]).holder).toBe(early)
  const [one, other] = [
    claimBy('alice', { acquired: 2, timestamp: 9 }),
    claimBy('alice', { acquired: 3, timestamp: 9 }),
  ]
  expect(replayClaims([one, other])).toEqual({ holder: other, granted: 3 * timestampsPerSecond })
  const [before, after] = [
    claimBy('alice', { acquired: 2, timestamp: 4 }),
    claimBy('alice', { acquired: 3, timestamp: 9 }),
  ]
  expect(replayClaims([before, after])).toEqual({ holder: after, granted: 3 * timestampsPerSecond })
  expect(() => replayClaims([])).toThrow('A key state has at least one claim.')
})

test('the replay: who was refused is heard once more when it has written again', () => {
  const alice = claimBy('alice', { acquired: 1 })
  const again = claimBy('bob', { acquired: 5, timestamp: 13 })
  expect(replayClaims([alice, again])).toEqual({ holder: again, granted: 13 * timestampsPerSecond })
  // Too early again: refused for good, also if the lease ends later.
  const tooEarly = claimBy('bob', { acquired: 5, timestamp: 9 })
  expect(replayClaims([alice, tooEarly]).holder).toBe(alice)
  // The second chance comes in its time: before a claim that was made after it.
  const carol = claimBy('carol', { acquired: 14 })
  expect(replayClaims([alice, again, carol]).holder).toBe(again)
  const before = claimBy('carol', { acquired: 12 })
  expect(replayClaims([alice, again, before]).holder).toBe(before)
})

describe('an owned key', () => {
  const key = `~${'z'.repeat(32)}/k`
  const claim = (name: string, acquired: number, more: Partial<StoreRecord> = {}): LeaseClaim => {
    const timestamp = acquired * timestampsPerSecond
    const fields = {
      key: bytes(key),
      acquired: timestamp,
      timestamp,
      leaseSeconds: more.released === true ? 0 : 10,
      value: bytes(more.released === true ? '' : name),
      ...more,
    }
    return claimFromRecord(recordBy(name, fields), key, ownedOwners.find(ownerNamed(name)))
  }
  const set = claim('alice', 1)
  // The lease of 10 s ends with second 11, and others may delete a minute later.
  const [early, due] = [71, 72].map((second) => claim('bob', second, { released: true }))
  if (!early || !due) throw new Error('There are two.')

  test('a deletion by another node counts from a minute after the end of the lease on', () => {
    expect(replayClaims([set, early]).holder).toBe(set)
    expect(replayClaims([set, due])).toEqual({ holder: due, granted: 72 * timestampsPerSecond })
    expect(replayClaims([due]).holder).toBe(due)
  })

  test('a renewal of the owner that comes later takes the value back', () => {
    const renewed = claim('alice', 1, { timestamp: 2 * timestampsPerSecond })
    expect(joined(due, set).holder).toBe(due)
    expect(joined(due, set, renewed).holder).toBe(renewed)
  })

  test('of several only the latest is kept, besides all lease terms of the owner, until the owner begins another', () => {
    const latest = claim('carol', 80, { released: true })
    expect(joinClaims([latest, due, set, early], 1)).toEqual([set, latest])
    const next = claim('alice', 81)
    expect(joinClaims([latest, next, set], 2)).toEqual([set, next])
    const atOnce = claim('alice', 80)
    expect(joinClaims([latest, atOnce, set], 2)).toEqual([set, atOnce, latest])
  })

  test('a deletion goes once the owner has closed what was before, not at the same timestamp', () => {
    const closedAt = (second: number): LeaseClaim =>
      claim('alice', 1, {
        timestamp: 90 * timestampsPerSecond,
        pruneWatermark: second * timestampsPerSecond,
      })
    const [below, above] = [closedAt(72), closedAt(73)]
    expect(joinClaims([due, below], 2)).toEqual([below, due])
    expect(joinClaims([due, above], 2)).toEqual([above])
  })

  test('others may delete it a minute after its lease has ended', () => {
    expect(deletableAt(set)).toBe(72_000)
  })
})

// No honest node writes twice with one timestamp; all must judge one alike that does.
test('the replay: of two lease terms with one timestamp the later stays, whenever the earlier is heard', () => {
  const free = claimBy('carol', { acquired: 1, timestamp: 3, released: true })
  const [refused, granted] = [
    claimBy('bob', { acquired: 2, timestamp: 9 }),
    claimBy('bob', { acquired: 3, timestamp: 9 }),
  ]
  expect(replayClaims([free, refused, granted])).toEqual({ holder: granted, granted: 3 * timestampsPerSecond })
})

test('the replay: second chances at one timestamp come in the order of the first', () => {
  const alice = claimBy('alice', { acquired: 1 })
  const again = claimBy('bob', { acquired: 2, timestamp: 13 })
  const givenUp = claimBy('bob', { acquired: 3, timestamp: 13, released: true })
  expect(replayClaims([alice, again, givenUp]).holder).toBe(givenUp)
})

test('who may write, and which lease term the write belongs to', () => {
  const [alice, bob] = [
    claimBy('alice', { acquired: 1, timestamp: 3, pruneWatermark: 1 }),
    claimBy('bob', { acquired: 5 }),
  ]
  const keyState = joined(alice, bob)
  const end = 14 * timestampsPerSecond
  expect([13_999, 14_000].map((nowMs) => mayWrite(keyState, bob.owner, nowMs))).toEqual([false, true])
  expect(mayWrite(keyState, alice.owner, 4000)).toBe(true)
  const released = claimBy('alice', { acquired: 1, timestamp: 3, released: true })
  expect(mayWrite(released, bob.owner, 1000)).toBe(true)
  expect(mayWrite(undefined, bob.owner, 1)).toBe(true)
  expect(termOfWrite(undefined, alice.owner, 7)).toEqual({ acquired: 7, pruneWatermark: 0 })
  const held = { acquired: timestampsPerSecond, pruneWatermark: timestampsPerSecond }
  expect(termOfWrite(keyState, alice.owner, end - 1)).toEqual(held)
  expect(termOfWrite(keyState, alice.owner, end)).toEqual({ acquired: end, pruneWatermark: 0 })
  expect(termOfWrite(keyState, bob.owner, end - 1)).toEqual({ acquired: end - 1, pruneWatermark: 0 })
})

test('a claim of a key with 32 lease terms closes those before it, one with 31 does not', () => {
  const roomy = { leaseTermsPerKeyMax: 128 }
  const many = Array.from({ length: 32 }, (_, index) => claimBy('bob', { acquired: 20 * index + 1 }))
  const keyStateOf = (claims: readonly LeaseClaim[]): KeyState | undefined =>
    claims.reduce((before: KeyState | undefined, claim) => addClaim(before, claim, roomy), undefined)
  const [alice, timestamp] = [owners.find(ownerNamed('alice')), 10_000 * timestampsPerSecond]
  expect(termOfWrite(keyStateOf(many.slice(1)), alice, timestamp).pruneWatermark).toBe(0)
  // Since the last of them began: its renewal may be under way.
  expect(termOfWrite(keyStateOf(many), alice, timestamp).pruneWatermark).toBe((20 * 31 + 1) * timestampsPerSecond)
  // That of its own, or of one that has released the key, is not.
  expect(termOfWrite(keyStateOf(many), owners.find(ownerNamed('bob')), timestamp).pruneWatermark).toBe(timestamp)
  const released = claimBy('bob', { acquired: 20 * 31 + 1, timestamp: 20 * 31 + 2, released: true })
  expect(termOfWrite(keyStateOf([...many, released]), alice, timestamp).pruneWatermark).toBe(timestamp)
})

test('what a lease tells', () => {
  const alice = claimBy('alice', { acquired: 1, timestamp: 3 })
  const token = { timestamp: 3 * timestampsPerSecond, owner: 'z' }
  expect(leaseOf(alice)).toEqual({
    ...{ owner: 'z', acquiredAt: 1000, expiresAt: 14_000, token },
    ...{ leaseSeconds: 10, ephemeral: false },
  })
  expect(leaseOf(claimBy('alice', { acquired: 1, released: true }))).toBeUndefined()
})
