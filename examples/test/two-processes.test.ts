import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, inject, onTestFinished, test } from 'vitest'
import { codeBlocksIn } from './code-blocks.ts'
import { Project } from './project.ts'

/** What `ts2p node --json` says first, as far as it is asked for here. */
interface Listening {
  readonly pid: number
  readonly addresses: readonly { readonly port: number }[]
}

test('the second program of README.md joins the node of the command line', async () => {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const place = codeBlocksIn(text).find((block) => block.kind === 'elsewhere')?.line ?? 0
  const code = /```js\n(.*?)```/s.exec(text.split('\n').slice(place).join('\n'))?.[1] ?? ''
  expect(code).toContain('4444')

  const project = new Project(inject('wholeProject'))
  const command = 'node_modules/ts2p/dist/bin.js'
  const { NODE_OPTIONS: _, ...env } = process.env
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const node = spawn(process.execPath, [command, 'node', '--json'], { cwd: project.folder, env, stdio: [...stdio] })
  onTestFinished(async () => {
    const ended = once(node, 'exit')
    node.kill('SIGTERM')
    await ended
  })
  const [line] = (await once(createInterface({ input: node.stdout }), 'line')) as [string]
  const { pid, addresses } = JSON.parse(line) as Listening

  const set = spawn(process.execPath, [command, 'set', 'greeting', 'hello', '--via', String(pid)], {
    cwd: project.folder,
    env,
    stdio: 'ignore',
  })
  expect(await once(set, 'exit')).toEqual([0, null])
  // The port that was free, in place of the one that the page has.
  const join = project.write('join.mjs', code.replace('4444', String(addresses[0]?.port)))
  expect(await project.run(join)).toBe('hello\n')
})
