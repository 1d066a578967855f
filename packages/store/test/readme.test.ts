import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as exported from '../src/index.ts'

test('the example of the README prints what the README says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const expected = /```console\n(.*?)```/s.exec(readme)?.[1]
  const imported = /import \{(.*)\} from '@ts2p\/store'\n/.exec(example)
  const body = `const {${imported?.[1]}} = exported\n${example.replace(imported?.[0] ?? '', '')}`
  let printed = ''
  const print = { log: (...words: string[]) => (printed += `${words.join(' ')}\n`) }
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is the project's own
  new Function('exported', 'console', body)(exported, print)
  expect(printed).toBe(expected)
})
