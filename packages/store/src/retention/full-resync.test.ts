import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { drawsOf } from '../../test/algebra.test-helper.ts'
import type { Store } from '../index.ts'
import {
  bytes,
  deliver,
  read,
  reconcile,
  recordBy,
  recordsOf,
  replica,
  start,
  stateOf,
} from '../../test/replica.test-helper.ts'

const hour = 3_600_000
const day = 24 * hour
const retention = 30 * day
const returns = Number(process.env['TS2P_COLD_JOINS'] ?? scaled(200, 2000))

test('what others wrote, and what was written before contact was lost, is discarded and told', () => {
  const alice = replica('alice')
  alice.apply(recordBy('bob', { key: bytes('his') }), start)
  alice.set('hers, before', bytes('1'), start + hour)
  alice.set('hers, since', bytes('2'), start + 3 * hour)
  alice.apply(recordBy('bob', { key: bytes('deleted'), released: true }), start)
  const changes = alice.dropRemoteState(start + 2 * hour)
  expect(changes).toMatchObject([
    { key: 'his', effect: 'delete', owner: 'bob', leaseLost: false },
    { key: 'hers, before', effect: 'delete', owner: 'alice' },
  ])
  expect(changes.flatMap(({ records, value }) => [...records, ...(value ?? [])])).toEqual([])
  expect([...alice.keys()]).toEqual(['hers, since'])
  expect(alice.recordCount).toBe(1)
  // The lease that it keeps still runs out in its time.
  expect(alice.expiredLeases(start + 5 * hour)).toEqual(['hers, since'])
})

test('of a key that both have written, what the owner wrote since is left', () => {
  const alice = replica('alice')
  alice.apply(recordBy('bob'), start)
  alice.set('key', bytes('hers'), start + 2 * hour)
  expect(alice.recordCount).toBe(2)
  expect(alice.dropRemoteState(start + hour)).toEqual([])
  expect([alice.recordCount, read(alice, 'key')]).toEqual([1, 'hers'])
})

test('fields too, in a store without leases', () => {
  const alice = replica('alice', { leaseSeconds: 0 })
  alice.apply(recordBy('bob', { leaseSeconds: 0 }), start)
  alice.setField('key', 'field', bytes('hers'), start + 2 * hour)
  expect(alice.dropRemoteState(start + hour)).toMatchObject([{ key: 'key', effect: 'update' }])
  expect([read(alice, 'key'), alice.fields('key')?.get('field')]).toEqual(['', bytes('hers')])
})

test('after a cold join nothing is missing, and what follows is the same on all', () => {
  const [alice, bob] = [replica('alice'), replica('bob')]
  for (let key = 0; key < 100; key += 1) deliver(bob.set(`key ${key}`, bytes('value'), start), start, alice)
  const back = start + retention + day
  alice.dropRemoteState(start)
  expect(alice.size).toBe(0)
  reconcile(alice, bob, back)
  expect(alice.size).toBe(100)
  expect(stateOf(alice)).toBe(stateOf(bob))
})

/** Two replicas in contact and one that is away for months, over keys that are set and deleted. */
function returnOfOne(seed: number, joinsCold: boolean): { cameBack: number; lost: number; isDivided: boolean } {
  const draw = drawsOf(seed)
  const leaseSeconds = draw(2) * 3600
  const [alice, bob, carol] = [0, 1, 2].map((index) => replica(`node ${index}`, { leaseSeconds }))
  if (!alice || !bob || !carol) throw new Error('There are three nodes.')
  const keys = Array.from({ length: 6 }, (_, index) => `key ${index}`)
  let nowMs = start
  const write = (store: Store, others: readonly Store[]): void => {
    const key = keys[draw(keys.length)] ?? ''
    if (store.mayWrite(key, nowMs) !== undefined) return
    const change = draw(2) === 0 ? store.delete(key, nowMs) : store.set(key, bytes(`${nowMs}`), nowMs)
    deliver(change, nowMs, ...others)
  }
  for (let step = 0; step < 12; step += 1) {
    nowMs += 2 * hour
    const all = [alice, bob, carol]
    write(all[draw(3)] ?? alice, all)
  }
  const lostAt = nowMs + 2 * hour
  const daysAway = 32 + draw(60)
  for (let away = 0; away < daysAway; away += 1) {
    nowMs += day
    for (const store of [alice, bob, carol]) store.collectTombstones(nowMs)
    if (draw(4) > 0) continue
    const writer = [alice, bob][draw(2)] ?? alice
    write(writer, [alice, bob])
  }
  // What carol writes while away, on a key of its own, is news to the others.
  carol.set('of carol', bytes('news'), nowMs)
  const deleted = keys.filter((key) => !alice.has(key))
  const present = keys.flatMap((key) => read(alice, key) ?? [])
  if (joinsCold) carol.dropRemoteState(lostAt)
  const records = [alice, bob, carol].flatMap(recordsOf)
  for (const store of [alice, bob, carol]) for (const record of records) store.apply(record, nowMs)
  return {
    cameBack: deleted.filter((key) => alice.has(key)).length,
    lost: [...present, 'news'].filter((value) => ![...alice.keys()].some((key) => read(alice, key) === value)).length,
    isDivided: new Set([alice, bob, carol].map(stateOf)).size > 1,
  }
}

test(`${returns} returns after months: without a cold join deleted values come back, with it none`, () => {
  const counts = [false, true].map((joinsCold) => {
    const outcomes = Array.from({ length: returns }, (_, seed) => returnOfOne(seed + 1, joinsCold))
    return {
      joinsCold,
      returns: outcomes.length,
      withDeletedValuesBack: outcomes.filter(({ cameBack }) => cameBack > 0).length,
      withValuesLost: outcomes.filter(({ lost }) => lost > 0).length,
      divided: outcomes.filter(({ isDivided }) => isDivided).length,
    }
  })
  console.log('returns after months', ...counts)
  const [warm, cold] = counts
  expect(warm?.withDeletedValuesBack).toBeGreaterThan(returns / 20)
  expect(cold).toMatchObject({ withDeletedValuesBack: 0, withValuesLost: 0, divided: 0 })
})
