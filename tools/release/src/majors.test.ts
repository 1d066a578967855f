import { expect, test } from 'vitest'
import { unaskedMajors } from './majors.ts'

const before = new Map([
  ['@ts2p/cli', '0.3.0'],
  ['ts2p', '0.3.0'],
])
const changeset = (bump: string): string => `---\n'@ts2p/cli': ${bump}\n'ts2p': minor\n---\n\nWhy: major\n`

test('a major version that no changeset asks for is a fault', () => {
  const after = new Map([
    ['@ts2p/cli', '1.0.0'],
    ['ts2p', '0.4.0'],
  ])
  expect(unaskedMajors(before, after, [changeset('minor')])).toEqual([
    '@ts2p/cli: it would go from 0.3.0 to 1.0.0, and no changeset asks for a major version',
  ])
  expect(unaskedMajors(before, after, [changeset('major')])).toEqual([])
  expect(unaskedMajors(before, before, [])).toEqual([])
})
