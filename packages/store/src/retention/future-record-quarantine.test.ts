import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { bytes, read, recordBy, recordsOf, replica, start, stateOf } from '../../test/replica.test-helper.ts'

const timestampAt = (ms: number): number => Math.floor(ms / 1000) * 2 ** 20

describe('a record that is ahead of the clock', () => {
  test('by 30 s or less is merged at once', () => {
    const alice = replica('alice')
    expect(alice.apply(recordBy('bob', { timestamp: timestampAt(start + 30_000) }), start).outcome).toBe('accepted')
  })

  test('by more is kept aside until it is due, and then judged like any other', () => {
    const [alice, late] = [replica('alice'), replica('late')]
    const record = recordBy('bob', { timestamp: timestampAt(start + 60_000) })
    expect(alice.apply(record, start)).toEqual({ outcome: 'quarantined', aheadMs: 60_000, wasKnown: false })
    expect(alice.apply(record, start)).toEqual({ outcome: 'quarantined', aheadMs: 60_000, wasKnown: true })
    expect([alice.has('key'), alice.recordCount]).toEqual([false, 0])
    expect(alice.releaseDue(start + 29_999)).toEqual([])
    expect(alice.releaseDue(start + 30_000)).toMatchObject([{ effect: 'update', owner: 'bob', records: [record] }])
    expect(alice.releaseDue(start + 90_000)).toEqual([])
    late.apply(record, start + 60_000)
    expect(stateOf(alice)).toBe(stateOf(late))
  })

  test('does not drag the timestamps of this replica along', () => {
    const alice = replica('alice')
    alice.apply(recordBy('bob', { key: bytes('other'), timestamp: timestampAt(start + 31_000) }), start)
    expect(alice.set('key', bytes('value'), start).timestamp).toBe(timestampAt(start))
    alice.apply(recordBy('bob', { key: bytes('other'), timestamp: timestampAt(start + 30_000) }), start)
    expect(alice.set('key', bytes('value'), start).timestamp).toBe(timestampAt(start + 30_000) + 1)
  })

  test('is refused beyond an hour: a record dated 2096 never gets in', () => {
    const alice = replica('alice')
    expect(alice.apply(recordBy('bob', { timestamp: timestampAt(start + 3_600_000) }), start).outcome).toBe(
      'quarantined',
    )
    expect(alice.apply(recordBy('bob', { timestamp: timestampAt(start + 3_601_000) }), start)).toEqual({
      outcome: 'too-far-ahead',
      aheadMs: 3_601_000,
    })
    expect(alice.apply(recordBy('bob', { timestamp: timestampAt(Date.UTC(2096, 0)) }), start).outcome).toBe(
      'too-far-ahead',
    )
    expect(alice.mayWrite('key', start)).toBeUndefined()
  })

  test('is copied: the receive buffer may be used again', () => {
    const alice = replica('alice')
    const record = recordBy('bob', { timestamp: timestampAt(start + 60_000), value: bytes('value') })
    alice.apply(record, start)
    record.value.fill(0)
    record.key.fill(0)
    record.owner.fill(0)
    alice.releaseDue(start + 60_000)
    expect(read(alice, 'key')).toBe('value')
    expect(alice.meta('key')?.owner).toBe('bob')
  })

  test('what is due comes in the order of its timestamps', () => {
    const alice = replica('alice')
    for (const second of [70, 50, 60]) {
      const record = recordBy('bob', { key: bytes(`key ${second}`), timestamp: timestampAt(start + second * 1000) })
      alice.apply(record, start)
    }
    const due = alice.releaseDue(start + 60_000)
    expect(due.map(({ key }) => key)).toEqual(['key 50', 'key 60', 'key 70'])
  })
})

describe('the quarantine is bounded', () => {
  test('by records', () => {
    const alice = replica('alice', { limits: { quarantineRecordsMax: 2 } })
    const outcomes = ['bob', 'carol', 'dave'].map((owner) =>
      alice.apply(recordBy(owner, { key: bytes(owner), timestamp: timestampAt(start + 60_000) }), start),
    )
    expect(outcomes).toMatchObject([
      { outcome: 'quarantined' },
      { outcome: 'quarantined' },
      { outcome: 'full', limit: 'quarantineRecordsMax' },
    ])
  })

  test('by bytes, which are given back', () => {
    const alice = replica('alice', { limits: { quarantineBytesMax: 2000 * 8 } })
    const big = (key: string) =>
      recordBy('bob', { key: bytes(key), value: new Uint8Array(1500), timestamp: timestampAt(start + 60_000) })
    expect(alice.apply(big('one'), start).outcome).toBe('quarantined')
    expect(alice.apply(big('two'), start)).toEqual({ outcome: 'full', limit: 'quarantineBytesMax' })
    alice.releaseDue(start + 60_000)
    expect(alice.apply({ ...big('two'), timestamp: timestampAt(start + 120_000) }, start + 60_000).outcome).toBe(
      'quarantined',
    )
  })
})

test('one owner fills an eighth of the places and of the bytes; the others have the rest, also after its records were due', () => {
  const alice = replica('alice', { limits: { quarantineRecordsMax: 64, quarantineBytesMax: 80_000 } })
  const offer = (owner: string, key: string, valueBytes = 0, atMs = start) => {
    const record = { key: bytes(key), value: new Uint8Array(valueBytes), timestamp: timestampAt(atMs + 60_000) }
    return alice.apply(recordBy(owner, record), atMs).outcome
  }
  const bobs = Array.from({ length: 20 }, (_, index) => offer('bob', `${index}`))
  expect(bobs.filter((outcome) => outcome === 'quarantined')).toHaveLength(8)
  expect(offer('carol', 'small')).toBe('quarantined')
  expect(offer('carol', 'large', 9900)).toBe('full')
  expect(offer('dave', 'large', 9500)).toBe('quarantined')
  alice.releaseDue(start + 60_000)
  expect(offer('bob', 'again', 0, start + 120_000)).toBe('quarantined')
})

const records = scaled(20_000, 100_000)

test(`${records} records over ten years to either side: none from the future gets in, nothing grows without bound`, () => {
  const alice = replica('alice', { limits: { keysMax: 1000 } })
  const tenYears = 315_360_000_000
  const counts: Record<string, number> = {}
  let tooEarly = 0
  for (let index = 0; index < records; index += 1) {
    const at = start - tenYears + ((index * 7919) % records) * ((2 * tenYears) / records)
    const result = alice.apply(recordBy('bob', { key: bytes(`${index % 1000}`), timestamp: timestampAt(at) }), start)
    counts[result.outcome] = (counts[result.outcome] ?? 0) + 1
    if (at > start + 3_601_000 && result.outcome !== 'too-far-ahead') tooEarly += 1
  }
  expect(tooEarly).toBe(0)
  expect(counts['too-far-ahead']).toBeGreaterThan(0.49 * records)
  expect(Math.max(...recordsOf(alice).map(({ timestamp }) => timestamp))).toBeLessThanOrEqual(
    timestampAt(start + 30_000),
  )
  expect(alice.recordCount).toBeLessThanOrEqual(1000 * 129)
})
