import { expect, test } from 'vitest'
import { wordsIn } from './words.ts'
import type { BannedWord } from './words.ts'

const stamp: BannedWord = { word: 'stamp', scope: 'everywhere', replacement: 'timestamp' }
const found = (text: string, word: BannedWord = stamp, path = 'packages/store/src/a.ts'): string[] =>
  wordsIn({ path, text }, [word]).map(({ line, found: part }) => `${line} ${part}`)

test('a word is found as a part of a name, and not within another word', () => {
  expect(found('const stampOf = 1\nconst lastStamp = stampOf')).toEqual(['1 stamp', '2 stamp', '2 stamp'])
  expect(found('const timestamp = 1, stamped = 2')).toEqual([])
})

test('a word is found in comments and documents, and not where code is quoted, or in strings', () => {
  expect(found('/** A stamp. */\nconst a = `stamp` // the stamp')).toEqual(['1 stamp', '2 stamp'])
  expect(found('/** What `stamp` is. */')).toEqual([])
  expect(found('The stamp.\n```\nstamp\n```\n', stamp, 'README.md')).toEqual(['1 stamp'])
})

test('a word is found in the name of a file, as line 0', () => {
  expect(found('', stamp, 'packages/store/src/stamp-order.ts')).toEqual(['0 stamp'])
})

test('a word has a scope, folders, and paths that keep it', () => {
  expect(found('// stamp', { ...stamp, scope: 'names' })).toEqual([])
  expect(found('const stamp = 1', { ...stamp, scope: 'prose' })).toEqual([])
  expect(found('const stamp = 1', { ...stamp, under: ['packages/mesh/'] })).toEqual([])
  expect(
    found('const stamp = 1', { ...stamp, except: { 'packages/store/src/a.ts': 'It is a postage stamp.' } }),
  ).toEqual([])
})

test('what Math has is not ours to name', () => {
  const floor = { ...stamp, word: 'floor' }
  expect(found('const a = Math.floor(1.5)\nconst floor = a', floor)).toEqual(['2 floor'])
})
