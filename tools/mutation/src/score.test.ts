import { expect, test } from 'vitest'
import type { Mutant } from './mutant.ts'
import { Score } from './score.ts'

const killed: Mutant = { file: 'order.ts', line: 7, before: 'x < y', after: 'x <= y', isKilled: true }
const survivor: Mutant = { ...killed, line: 9, before: '5000', after: '5001', isKilled: false }
const why = { file: 'order.ts', before: '5000', after: '5001', why: 'Any bound near it does.' }
const many = (count: number): Mutant[] => Array.from({ length: count }, () => killed)

test('a run is good when enough were noticed, and every other one is explained', () => {
  expect(new Score(many(20), []).isGood(true)).toBe(true)
  expect(new Score([...many(19), survivor], [why]).isGood(true)).toBe(true)
  expect(new Score([...many(19), survivor], []).isGood(true)).toBe(false)
  expect(new Score([...many(18), survivor, survivor], [why]).isGood(true)).toBe(false)
})

test('an explanation is of one change of one file', () => {
  for (const other of [{ file: 'lease.ts' }, { before: '4999' }, { after: '4998' }]) {
    expect(new Score([...many(19), survivor], [{ ...why, ...other }]).isGood(false)).toBe(false)
  }
})

test('what is explained, but noticed, is told of a whole run only: a part may not have tried it', () => {
  const score = new Score(many(20), [why])
  expect([score.isGood(true), score.isGood(false)]).toEqual([false, true])
  expect(String(score)).toContain('order.ts: explained, but noticed')
})

test('the report names each survivor with its place and change, and sums up', () => {
  const report = String(new Score([...many(19), survivor], []))
  expect(report).toContain('order.ts:9\n  - 5000\n  + 5001\n  NOT EXPLAINED')
  expect(report).toContain('mutants 20, killed 19, survived 1: 95.0 % killed, at least 95 % wanted')
  expect(report).toContain('not explained: 1')
  expect(String(new Score([...many(19), survivor], [why]))).toContain('Any bound near it does.')
})
