import { expect, test } from 'vitest'
import { codeBlocksIn } from './code-blocks.ts'

test('what loads something is a program', () => {
  const text = "# A\n\n```js\nimport 'x'\n```\n\n```ts\nconst y = require('y')\n```\n\n```console\nZ\n```\n"
  expect(codeBlocksIn(text)).toEqual([
    { kind: 'program', language: 'js', code: "import 'x'\n", prints: undefined, line: 3 },
    { kind: 'program', language: 'ts', code: "const y = require('y')\n", prints: 'Z\n', line: 7 },
  ])
})

test('a fragment has a reason, and its preamble before it', () => {
  const text = '<!-- fragment: it needs a page\ndeclare const a: number\n-->\n\n```js\na + 1\n```\n'
  expect(codeBlocksIn(text)).toEqual([
    {
      kind: 'fragment',
      reason: 'it needs a page',
      code: 'declare const a: number\na + 1\n',
      shown: 'a + 1\n',
      line: 1,
    },
  ])
  expect(codeBlocksIn('<!-- fragment: no need -->\n```ts\n1\n```\n')).toEqual([
    { kind: 'fragment', reason: 'no need', code: '1\n', shown: '1\n', line: 1 },
  ])
})

test('one that other tests run names them', () => {
  expect(codeBlocksIn("<!-- run by a/b.test.ts: why -->\n\n```ts\nimport 'x'\n```\n")).toEqual([
    { kind: 'elsewhere', test: 'a/b.test.ts', line: 1 },
  ])
})

test('anything else is told, also in other spellings of the languages; other languages are not', () => {
  expect(codeBlocksIn('```js\n1\n```\n\n- ```typescript\n')).toEqual([{ kind: 'unmarked', line: 1 }])
  expect(codeBlocksIn("```tsx\nimport 'x'\n```\n```sh\nls\n```\n")).toEqual([{ kind: 'unmarked', line: 1 }])
})
