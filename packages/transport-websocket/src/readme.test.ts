import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as exported from './index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the example of the README prints what the README says', async () => {
  const [, imported = '', body = ''] =
    /```js\nimport \{([^}]*)\} from '@ts2p\/transport-websocket'\n(.*?)```/s.exec(readme) ?? []
  const [, expected] = /```console\n(.*?)```/s.exec(readme) ?? []
  let printed = ''
  const print = { log: (...words: string[]) => (printed += `${words.join(' ')}\n`) }
  const story = `return (async () => { const {${imported}} = exported; ${body} })()`
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is the project's own
  await new Function('exported', 'console', story)(exported, print)
  expect(printed).toBe(expected)
})
