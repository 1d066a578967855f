import { expect, test } from 'vitest'
import { ambientLines } from './ambient.ts'
import { codeOf } from './code.ts'
import { escapesIn } from './escapes.ts'
import { folderSizes } from './folders.ts'
import { tagProblems } from './tags.ts'

test('a folder has the size of its own files: tests and subfolders do not count', () => {
  const files = Array.from({ length: 16 }, (_, index) => `packages/x/src/file-${index}.ts`)
  const others = ['a.test.ts', 'b.test.tsx', 'c.test-helper.ts'].map((name) => `packages/x/src/${name}`)
  expect(folderSizes(['packages/x/src/links/link.ts', ...files, ...others])).toEqual([
    { folder: 'packages/x/src', files: 16 },
    { folder: 'packages/x/src/links', files: 1 },
  ])
})

test('an explicit any is found in every place of a type', () => {
  for (const code of [
    'let a: any',
    'function f(a: any, b: any[]): void {}',
    'const a = b as any',
    'let a: Map<string, any>',
    'let a: Promise<any>',
    'let a: string | any',
    'type A = any',
    'type F = () => any',
    'let a: Record<string, any[]>',
    'let f: (a?: any) => void',
    'class A<B extends any> {}',
  ])
    expect([code, ...escapesIn(`\n${code}`)].slice(0, 2)).toEqual([code, { kind: 'any', line: 2 }])
})

test('the word any is no type in a comment, a string, a template, a regular expression or a name', () => {
  for (const code of [
    '// as any',
    '/* let a: any */',
    `const a = ': any'`,
    'const a = `: any ${b} as any`',
    'const a = /: any/',
    'Promise.any(list)',
    'if (any) list.push(any)',
    'const any = 1',
    'let a: anything',
  ])
    expect([code, ...escapesIn(code)]).toEqual([code])
})

test('a double cast is found, also over two lines; a single one is fine', () => {
  expect(escapesIn('const a = b as unknown\n  as C')).toEqual([{ kind: 'double cast', line: 2 }])
  expect(escapesIn('const a = b as unknown')).toEqual([])
})

test('code keeps its place when comments, strings and templates become spaces', () => {
  const text = "const a = `x ${f({ b: '}' })} y` // z\nconst c = d / e / f"
  expect(codeOf(text)).toBe('const a =      f({ b:     })         \nconst c = d / e / f')
})

test('the clock is ambient in the core, and nowhere else', () => {
  const text = 'const a = 1 // Date.now()\nconst now = Date.now()\n'
  expect(ambientLines({ path: 'packages/mesh/src/peer.ts', text })).toEqual([2])
  for (const path of [
    'packages/cli/src/node.ts',
    'packages/mesh/src/peer.test.ts',
    'packages/base/src/system-environment.ts',
  ])
    expect(ambientLines({ path, text })).toEqual([])
})

test('a package needs a tag, and each of its tags a rule', () => {
  const problems = (tags: string[]): string[] => tagProblems({ name: '@ts2p/x', tags }, ['mesh', 'tool'])
  expect(problems(['tool'])).toEqual([])
  expect(problems([])).toEqual(['@ts2p/x: its turbo.json has no tag'])
  expect(problems(['tool', 'store'])).toEqual(["@ts2p/x: the root's turbo.json has no rule for the tag store"])
})
