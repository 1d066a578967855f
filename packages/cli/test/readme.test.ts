import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wordsOf } from '../src/terminal/words.ts'
import { builtBin, Machine } from './command.test-helper.ts'

// What the README shows is what is printed, but for ids, times, tokens, processes and ports.
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const transcript = [...readme.matchAll(/^```console\n(.*?)^```/gms)].map(([, lines = '']) => lines).join('')
const steps = transcript
  .split(/^\$ /m)
  .slice(1)
  .map((step) => {
    const [line = '', ...printed] = step.split('\n')
    return { line, printed: printed.join('\n') }
  })

let machine: Machine
beforeEach(() => {
  machine = new Machine(builtBin)
})
afterEach(() => machine.remove())

function withoutChance(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/token \d+/g, 'token <timestamp>')
    .replaceAll(/[1-9A-HJ-NP-Za-km-z]{43,44}/g, '<id>')
    .replaceAll(/--via \d+/g, '--via <process>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
}

test('the transcript of the README', async () => {
  let port = ''
  let code: number | null = 0
  const played: { line: string; printed: string }[] = []
  for (const { line } of steps) {
    const [program, ...words] = wordsOf(line).map((word) => word.replace('4000', portFor(word, port)))
    let printed = `${code}\n`
    if (words[0] === 'node') {
      const node = machine.start(words)
      printed = await node.outHas(String(node.child.pid))
      port = /:(\d+)\n/.exec(printed)?.[1] ?? ''
    } else if (program === 'ts2p') {
      const outcome = await machine.run(words)
      code = outcome.code
      printed = outcome.out + outcome.err
    }
    played.push({ line, printed: withoutChance(printed) })
  }
  expect(steps.length).toBeGreaterThan(10)
  expect(played).toEqual(steps.map(({ line, printed }) => ({ line, printed: withoutChance(printed) })))
})

/** A node of a test listens on any port; the others have to know which. */
function portFor(word: string, port: string): string {
  return word === '4000' ? '0' : port
}
