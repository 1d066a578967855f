import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Progress } from './progress.ts'
import type { ProgressStep } from './progress.ts'
import type { FaultRow, SliceResult } from './row.ts'
import { runRows } from './run-rows.ts'
import { runSlices } from './slices.ts'
import { verdictOf } from './table.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts2p-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

const row = (name: string, slice: (from: number, until: number) => SliceResult = () => ({ done: 1, violations: [] })) =>
  ({ name, fault: '', mustHold: '', wanted: 10, unit: 'cases', open: () => ({ slice }) }) satisfies FaultRow

// The child's end of the contract, by the name of the row that it is given.
const program = join(folder, 'run-row.mjs')
writeFileSync(
  program,
  `const [name, from] = process.argv.slice(2)
const step = (done, violations = [], worst = done) => console.log(JSON.stringify({ done, worst, violations, ms: 5 }))
const left = 10 - Number(from)
if (name === 'holds') { step(4); if (left > 4) step(left - 4) }
if (name === 'stops') step(3)
if (name === 'violates') step(left, ['Case 7: it did not hold.'])
if (name === 'crashes') { step(2); throw new Error('the fault escaped') }
if (name === 'runs-out') { step(6); const all = []; for (;;) all.push(new Array(1e6).fill({})) }
if (name === 'prints') { step(5); console.log('hello') }
if (name === 'lies') step(11)
if (name === 'hangs') { step(1); setInterval(() => {}, 1000) }
`,
)

function openProgress(name: string, commit = 'abc'): { readonly progress: Progress; readonly reports: string[] } {
  const reports: string[] = []
  const at = { commit, sources: `sources of ${commit}`, machine: 'a machine' }
  return { progress: Progress.open(join(folder, name), at, (sentence) => reports.push(sentence)), reports }
}

async function run(rows: readonly FaultRow[], progress: Progress, ms = 3000): Promise<void> {
  await runRows(rows, { progress, ms, program, silenceMs: 10_000 })
}

test('a row that holds and one that violates', async () => {
  const { progress } = openProgress('verdicts.json')
  const rows = [row('holds'), row('violates')]
  await run(rows, progress)
  expect(rows.map((one) => verdictOf(one, progress.of(one.name)))).toEqual(['held', 'VIOLATED'])
  expect(progress.of('holds')).toMatchObject({ done: 10, worst: 6, violationCount: 0 })
  expect(progress.of('violates').violations).toEqual(['Case 7: it did not hold.'])
})

test.concurrent.each([
  ['crashes', 2, 'code 1; it wrote:'],
  ['prints', 5, "it printed 'hello'"],
  ['lies', 0, "it printed '{"],
  ['hangs', 1, 'it reported nothing for 1.5 s'],
  ['runs-out', 6, 'SIGABRT'],
])('a row that %s is violated at the case that it was at', async (name, at, text) => {
  const { progress } = openProgress(`${name}.json`)
  const silenceMs = name === 'hangs' ? 1500 : 10_000
  await runRows([{ ...row(name), heapMiB: 30 }], { progress, ms: 3000, program, silenceMs })
  expect(progress.of(name)).toMatchObject({ done: at, violationCount: 1 })
  expect(progress.of(name).violations[0]).toContain(`Case ${at},`)
  expect(progress.of(name).violations[0]).toContain(text)
})

test('a crash that comes again is one violation', async () => {
  const { progress } = openProgress('again.json')
  progress.add('prints', { done: 5, violations: [], ms: 1 })
  const violation = "Case 5, or one soon after it: the process failed, it printed 'hello'"
  progress.add('prints', { done: 0, violations: [violation], ms: 1 })
  progress.add('prints', { done: 0, violations: [violation], ms: 1 })
  expect(progress.of('prints').violationCount).toBe(1)
})

test('a row that stops in time continues in the next round', async () => {
  const { progress } = openProgress('stops.json')
  progress.add('stops', { done: 1, violations: [], ms: 1 })
  await run([row('stops')], progress)
  expect(progress.of('stops').done).toBe(10)
})

test('the progress of a run is continued on the same code and begun anew on another', () => {
  openProgress('kept.json').progress.add('one', { done: 3, worst: 2, violations: ['Case 1: no.'], ms: 9 })
  const same = openProgress('kept.json')
  expect([same.progress.of('one').done, same.reports]).toEqual([3, []])
  const other = openProgress('kept.json', 'def')
  expect(other.progress.of('one').done).toBe(0)
  expect(other.reports).toEqual(['The kept progress belongs to abc, whose code is another; all rows begin anew.'])
})

test.each(['', '{', 'null', '{"commit":"abc","sources":"","machine":"","rows":{"one":{"done":-1}}}'])(
  'damaged progress is reported and begun anew: %s',
  (text) => {
    writeFileSync(join(folder, 'damaged.json'), text)
    const { progress, reports } = openProgress('damaged.json')
    expect(progress.of('one').done).toBe(0)
    expect(reports[0]).toContain('is damaged')
    progress.add('one', { done: 1, violations: [], ms: 1 })
    expect(readFileSync(join(folder, 'damaged.json'), 'utf8')).toContain('"done": 1')
  },
)

test('slices run one after the other until all cases are done or the time is over', async () => {
  const froms: number[] = []
  const steps: ProgressStep[] = []
  const slow = row('slow', (from, until) => {
    froms.push(from)
    return { done: Math.min(4, until - from), worst: from, violations: [] }
  })
  await runSlices(slow, { from: 1, ms: 1000, onStep: (step) => steps.push(step) })
  expect(froms).toEqual([1, 5, 9])
  expect(steps.map(({ done, worst }) => [done, worst])).toEqual([
    [4, 1],
    [4, 5],
    [1, 9],
  ])
  await runSlices(slow, { from: 0, ms: 0, onStep: (step) => steps.push(step) })
  expect(froms).toEqual([1, 5, 9, 0])
})

test('a slice that runs nothing, or more than there is, is an error', async () => {
  for (const done of [0, 11, 0.5]) {
    const liar = row('liar', () => ({ done, violations: [] }))
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(runSlices(liar, { from: 0, ms: 10, onStep: () => {} })).rejects.toThrow('says that it ran')
  }
})
