import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { play } from './director.ts'
import { Narrator } from './narrator.ts'

test('the demo tells its story, everything in it holds, and no color gets into a file', async () => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const demo = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
    env: { ...env, CI: 'true' },
  })
  let transcript = ''
  demo.stdout.on('data', (chunk) => (transcript += String(chunk)))
  demo.stderr.on('data', (chunk) => (transcript += String(chunk)))
  const [code] = await once(demo, 'close')

  expect(transcript).toContain('Everything held.')
  expect(code).toBe(0)
  for (const sentence of [
    'dora is in the network',
    "all 4 nodes have 'blue'",
    'the overwrite is refused',
    "all 4 nodes have 'green'",
    'no node has it any more',
    'cleo has what was written before and meanwhile',
    "cleo's fencing token is greater than bert's",
    'emil is refused, because the subnet descriptions differ',
    'every node closed its links and ports and ended',
  ]) {
    expect(transcript).toContain(`✓ ${sentence}`)
  }
  expect(transcript).not.toContain('✗')
  expect(transcript).not.toContain('\u001B[')
})

test('a step that does not hold, or fails, makes the whole not hold', async () => {
  const lines: string[] = []
  const narrator = new Narrator((line) => lines.push(line))
  const notHolding = async (): Promise<void> => narrator.check('two and two are five', false)
  const failing = async (): Promise<void> => Promise.reject(new Error('the stage is on fire'))

  expect(await play([notHolding, failing], narrator)).toBe(false)
  expect(lines.at(-1)).toContain('Did not hold: two and two are five; the stage is on fire')
})
