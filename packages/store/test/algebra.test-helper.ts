import * as fc from 'fast-check'
import type { StoreRecord } from '../src/index.ts'
import { bytes, recordBy } from './replica.test-helper.ts'

/** Seconds of a lease in hostile sets: small, so that few timestamps meet, miss and just touch each other. */
export const hostileLeaseSeconds = 3

const names = ['alice', 'bob', 'carol']
const timestamps = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.nat(2))
  .map(([second, count]) => second * 2 ** 20 + count)

/** Nobody holds the key, too short for an ephemeral one, as long as most, and ephemeral. */
const length = fc.constantFrom(
  ...[0, 1, hostileLeaseSeconds].map((leaseSeconds) => ({ leaseSeconds, ephemeral: false })),
  ...[5, 8].map((leaseSeconds) => ({ leaseSeconds, ephemeral: true })),
)

function lengthIf(isHeld: boolean, drawn: { leaseSeconds: number; ephemeral: boolean }): typeof drawn {
  return isHeld ? drawn : { leaseSeconds: 0, ephemeral: drawn.ephemeral }
}

/** Records of one key as liars would make them: all that is valid, with timestamps, prune watermarks and owners that collide. */
export const hostileRecords: fc.Arbitrary<StoreRecord[]> = fc.array(
  fc
    .record({
      name: fc.constantFrom(...names),
      timestamps: fc.tuple(timestamps, timestamps),
      pruneWatermark: fc.oneof(fc.constant(0), timestamps),
      released: fc.boolean(),
      length,
      value: fc.constantFrom('x', 'y'),
    })
    .map(({ name, timestamps: [one, other], pruneWatermark, released, length: drawnLength, value }) => {
      const [acquired, timestamp] = [Math.min(one, other), Math.max(one, other)]
      const end = { released, ...lengthIf(!released, drawnLength), value: bytes(released ? '' : value) }
      return recordBy(name, { acquired, timestamp, pruneWatermark: Math.min(pruneWatermark, timestamp), ...end })
    }),
  { minLength: 1, maxLength: 12 },
)

/** The id of alice in the tests of owned keys. */
export const ownerId: string = 'a'.repeat(32)

/** Records of a key that only alice may write, and deletions of it by others. */
export const hostileOwnedRecords: fc.Arbitrary<StoreRecord[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(...names),
      // From within a lease until after the time from which on others may delete the key.
      timestamps: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 60), fc.nat(6), fc.nat(2)),
      heldSeconds: fc.nat(8),
      pruneWatermark: fc.oneof(fc.constant(0), timestamps),
      released: fc.boolean(),
      length,
      value: fc.constantFrom('x', 'y'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(
      ({
        name,
        timestamps: [second, later, more, count],
        heldSeconds,
        pruneWatermark,
        released,
        length: drawnLength,
        value,
      }) => {
        const acquired = (second + later + more) * 2 ** 20 + count
        const key = bytes(`~${ownerId}/key`)
        if (name !== 'alice') return recordBy(name, { key, acquired, timestamp: acquired, released: true })
        const timestamp = acquired + heldSeconds * 2 ** 20
        const end = { released, ...lengthIf(!released, drawnLength), value: bytes(released ? '' : value) }
        return recordBy(name, { key, acquired, timestamp, pruneWatermark: Math.min(pruneWatermark, timestamp), ...end })
      },
    ),
  )

/** As hostileRecords, for a store without leases. */
export const hostileWrites: fc.Arbitrary<StoreRecord[]> = fc.array(
  fc
    .record({
      name: fc.constantFrom(...names),
      timestamp: fc.integer({ min: 1, max: 6 }),
      kind: fc.constantFrom('set', 'delete', 'field x', 'field y'),
      value: fc.constantFrom('x', 'y'),
    })
    .map(({ name, timestamp, kind, value }) => {
      if (kind === 'delete') return recordBy(name, { timestamp, released: true })
      return recordBy(name, {
        timestamp,
        leaseSeconds: 0,
        value: bytes(value),
        field: kind === 'set' ? undefined : bytes(kind),
      })
    }),
  { minLength: 1, maxLength: 12 },
)

/** Draws whole numbers below a bound, the same ones for the same seed (a linear congruential generator). */
export function drawsOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The items in another order, some of them twice. */
export function shuffledWithRepeats<Item>(items: readonly Item[], draw: (below: number) => number): Item[] {
  const pool = [...items, ...items.filter(() => draw(3) === 0)]
  for (let index = pool.length - 1; index > 0; index -= 1) pool.push(...pool.splice(draw(index + 1), 1))
  return pool
}
