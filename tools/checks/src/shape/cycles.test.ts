import { expect, test } from 'vitest'
import { findCycles } from './cycles.ts'
import type { Cycles } from './cycles.ts'
import { importsOf } from './imports.ts'

/** The cycles among files in one folder. */
function cyclesOf(files: Readonly<Record<string, string>>): Cycles {
  return findCycles(Object.entries(files).flatMap(([name, text]) => importsOf({ path: `src/${name}`, text })))
}

function waysOf({ unexplained }: Cycles): string[] {
  return unexplained.map((cycle) => cycle.map(({ from, line }) => `${from}:${line}`).join(' '))
}

test('a cycle of three files is found once, with the line of each import', () => {
  const cycles = cyclesOf({
    'a.ts': `import { b } from './b.ts'\n`,
    'b.ts': `import { d } from './d.ts'\nimport {\n  c,\n} from './c.ts'\n`,
    'c.ts': `export { a } from './a.ts'\nimport { d } from './d.ts'\n`,
    'd.ts': `export const d = 1\n`,
  })
  expect(waysOf(cycles)).toEqual(['src/a.ts:1 src/b.ts:4 src/c.ts:1'])
})

test('imports of types close a cycle as well, in every form', () => {
  for (const back of [
    `import type { A } from './a.ts'`,
    `import { type A } from './a.ts'`,
    `export type { A } from './a.ts'`,
    `type A = import('./a.ts').A`,
    `import './a.ts'`,
  ])
    expect(waysOf(cyclesOf({ 'a.ts': `import type { B } from './b.ts'\n`, 'b.ts': back }))).toEqual([
      'src/a.ts:1 src/b.ts:1',
    ])
})

test('two cycles through one file are two', () => {
  const cycles = cyclesOf({
    'a.ts': `import { b } from './b.ts'\nimport { c } from './c.ts'\n`,
    'b.ts': `import { a } from './a.ts'\n`,
    'c.ts': `import { a } from './a.ts'\n`,
  })
  expect(waysOf(cycles)).toHaveLength(2)
})

test('a file that imports itself is a cycle', () => {
  expect(waysOf(cyclesOf({ 'a.ts': `import { a } from './a.ts'\n` }))).toEqual(['src/a.ts:1'])
})

test('an explained cycle is none, whether the reason stands behind the import or above it', () => {
  for (const back of [
    `import type { A } from './a.ts' // cycle: a parent and its child\n`,
    `// cycle: a parent and its child\nimport type {\n  A,\n} from './a.ts'\n`,
  ]) {
    const cycles = cyclesOf({ 'a.ts': `import { b } from './b.ts'\n`, 'b.ts': back })
    expect(cycles.unexplained).toEqual([])
    expect(cycles.explained).toMatchObject([{ from: 'src/b.ts', reason: 'a parent and its child' }])
    expect(cycles.stale).toEqual([])
  }
})

test('a reason does not explain another cycle, and none is left when the cycle is gone', () => {
  const other = cyclesOf({
    'a.ts': `import { b } from './b.ts' // cycle: known\nimport { c } from './c.ts'\n`,
    'b.ts': `import { a } from './a.ts'\n`,
    'c.ts': `import { a } from './a.ts'\n`,
  })
  expect(waysOf(other)).toEqual(['src/a.ts:2 src/c.ts:1'])
  const gone = cyclesOf({ 'a.ts': `import { b } from './b.ts' // cycle: known\n`, 'b.ts': '' })
  expect(gone.stale).toMatchObject([{ from: 'src/a.ts', line: 1 }])
})

test('an import in a comment or a string is none', () => {
  const text = `/*\nimport { a } from './a.ts'\n*/\nconst program = \`\nimport { a } from './a.ts'\n\`\n`
  expect(importsOf({ path: 'src/a.ts', text })).toEqual([])
})
