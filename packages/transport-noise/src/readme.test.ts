import { readFileSync } from 'node:fs'
import { tcp } from '@ts2p/transport-tcp'
import { expect, test } from 'vitest'
import { noise } from './index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the example of the README prints what the README says', async () => {
  const [, body = ''] = /```js\n(?:import [^\n]*\n)+(.*?)```/s.exec(readme) ?? []
  const [, expected] = /```console\n(.*?)```/s.exec(readme) ?? []
  let printed = ''
  const print = { log: (...words: unknown[]) => (printed += `${words.join(' ')}\n`) }
  const story = `return (async () => { ${body} })()`
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is the project's own
  await new Function('noise', 'tcp', 'console', story)(noise, tcp, print)
  expect(printed).toBe(expected)
})
