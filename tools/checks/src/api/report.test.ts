import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { firstDifference } from './difference.ts'
import { apiReports } from './report.ts'

/** The report of a package that has these declaration files; `index.d.ts` is its only entry point. */
function reportOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'api-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const written = {
    'package.json': '{ "name": "fixture", "type": "module" }',
    'node_modules/other/package.json': '{ "name": "other", "type": "module", "exports": "./index.js" }',
    'node_modules/other/index.d.ts': 'export declare class Foreign {}\n',
    ...files,
  }
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const entries = [{ path: '.', file: join(folder, 'index.d.ts') }]
  return apiReports([{ name: 'fixture', entries }]).get('fixture') ?? ''
}

const counter = `
/** Counts. */
export declare class Counter extends Base {
    #private;
    private secret;
    /** How many. */
    get count(): number;
    protected constructor(options: Options);
}
/** Is not exported by the package. */
declare class Base {
    close(): void;
}
interface Options {
    readonly step?: number;
}
export {};
`
const limits = 'export declare const most: number, least: number;\n'
const index = `export { Counter } from './counter.ts';\nexport { least, most } from './limits.ts';\nexport { Foreign } from 'other';\n`
const fixture = { 'counter.d.ts': counter, 'limits.d.ts': limits, 'index.d.ts': index }

test('a report has the exports by name, then what they refer to, without comments and private members', () => {
  expect(reportOf(fixture)).toBe(`// fixture

export declare class Counter extends Base {
    get count(): number;
    protected constructor(options: Options);
}

export { Foreign } from 'other'

export declare const least: number;

export declare const most: number;

// Not exported, but part of the exports

declare class Base {
    close(): void;
}

interface Options {
    readonly step?: number;
}
`)
})

test('the order of exports and files, comments and private members make no difference', () => {
  const reordered = `export { Foreign } from 'other';\nexport { most, least } from './limits.ts';\nexport { Counter } from './counter.ts';\n`
  const changed = {
    'counter.d.ts': counter.replace('Counts.', 'Counts up.').replace('private secret', 'private hidden'),
    'limits.d.ts': 'export declare const least: number;\nexport declare const most: number;\n',
    'index.d.ts': reordered,
  }
  expect(firstDifference(reportOf(fixture), reportOf(changed))).toBeUndefined()
})

test.each([
  [
    'an export',
    { 'limits.d.ts': limits.replace('most: number', 'most: string') },
    'export declare const most: string;',
  ],
  [
    'a declaration that is not exported',
    { 'counter.d.ts': counter.replace('step?:', 'step:') },
    'readonly step: number;',
  ],
  ['a name', { 'index.d.ts': index.replace('least,', 'least as fewest,') }, 'export { least as fewest };'],
])('a change of %s is a difference', (_, changed, line) => {
  const difference = firstDifference(reportOf(fixture), reportOf({ ...fixture, ...changed }))
  expect(difference).toMatch(/^line \d+:\n- /)
  expect((difference ?? '').split('\n').map((each) => each.replace(/^\+ +/, ''))).toContain(line)
})

test('an export that is only a type says so', () => {
  const asType = { ...fixture, 'index.d.ts': index.replace('export { Counter }', 'export type { Counter }') }
  expect(firstDifference(reportOf(fixture), reportOf(asType))).toBe('line 3:\n+ // Only its type is exported.')
})

test('an entry point that is not built is an error', () => {
  expect(() => apiReports([{ name: 'fixture', entries: [{ path: '.', file: '/nowhere/index.d.ts' }] }])).toThrow(
    '/nowhere/index.d.ts does not exist: build the packages first',
  )
})

test('a difference shows the lines from the first to the last that differs, five of each side', () => {
  expect(firstDifference('a\nb\nc\n', 'a\nc\n')).toBe('line 2:\n- b')
  expect(firstDifference('a\n', 'a\nb\n')).toBe('line 2:\n+ b')
  expect(firstDifference('a\nb\n', 'a\nc\n')).toBe('line 2:\n- b\n+ c')
  expect(firstDifference('', '1\n2\n3\n4\n5\n6\n7\n')).toBe('line 1:\n+ 1\n+ 2\n+ 3\n+ 4\n+ 5\n+ … 2 more lines')
})
