import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { Progress } from './progress.ts'
import type { FaultRow } from './row.ts'
import { formatMarkdown, formatTable } from './table.ts'

const path = join(tmpdir(), `ts2p-faults-table-${process.pid}.json`)
afterAll(() => Progress.forget(path))
const open = (): never => {
  throw new Error('a table opens nothing')
}
const row = (name: string): FaultRow => ({
  name,
  fault: '',
  mustHold: 'a | b',
  wanted: 1000,
  unit: 'frames',
  figure: 'MiB',
  open,
})
const progress = Progress.open(path, { commit: 'abc', sources: 'def', machine: 'a machine' }, () => {})
progress.add('one', { done: 1000, worst: 1.23456, violations: [], ms: 1 })
progress.add('two', { done: 20, violations: ['Case 1: no.', 'Case 2: no.'], ms: 1 })

test('the table as text', () => {
  expect(formatTable(['one', 'two', 'three'].map(row), progress)).toBe(
    `commit: abc
machine: a machine

row    must hold  wanted        done   worst figure  verdict
one    a | b      1,000 frames  1,000  1.235 MiB     held
two    a | b      1,000 frames  20     –             VIOLATED
three  a | b      1,000 frames  0      –             not done

two: 2 violations, of which the first 2
- Case 1: no.
- Case 2: no.`,
  )
})

test('the table as Markdown', () => {
  expect(
    formatMarkdown([row('one')], progress)
      .split('\n')
      .at(-1),
  ).toBe(String.raw`| one | a \| b | 1,000 frames | 1,000 | 1.235 MiB | held |`)
})

test('the command line', () => {
  const names = ['one', 'two']
  expect(readArguments([], names)).toEqual({ action: 'run', minutes: 10, only: names, isFresh: false })
  expect(readArguments(['--', '--only', 'two,one', '--minutes', '0.5', '--fresh'], names)).toEqual({
    action: 'run',
    minutes: 0.5,
    only: names,
    isFresh: true,
  })
  expect(readArguments(['--list'], names).action).toBe('list')
  expect(readArguments(['--markdown'], names).action).toBe('markdown')
  expect(readArguments(['--help'], names).action).toBe('help')
})

test.each([['--minutes', '0'], ['--minutes', ''], ['--minutes', 'x'], ['--only', 'three'], ['--soon'], ['one']])(
  'a wrong option is refused: %s %s',
  (...words) => {
    expect(() => readArguments(words, ['one', 'two'])).toThrow(TypeError)
  },
)
