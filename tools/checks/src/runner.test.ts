import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './workspace.ts'

function runner(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'tools', 'run.js'), ...words], { encoding: 'utf8' })
}

test('without arguments the runner prints every script of package.json, with one line on it', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  const { status, stdout } = runner()
  const printed = [...stdout.matchAll(/^ {2}(\S+) +(\S.*)$/gm)].map(([, name]) => name ?? '')
  expect(printed.toSorted()).toEqual(Object.keys(scripts).toSorted())
  expect(status).toBe(0)
  for (const [name, script] of Object.entries(scripts)) expect(script).toBe(`node tools/run.js ${name}`)
})

test('a command that does not exist is refused with the list of those that do', () => {
  for (const name of ['nope', 'toString']) {
    const { status, stdout, stderr } = runner(name)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`There is no command ${name}.`)
    expect(stderr).toContain('  bench ')
  }
})

test('arguments and the exit code pass through', () => {
  const { status, stderr } = runner('format', '--', '--no-such-option')
  expect(status).toBeGreaterThan(0)
  expect(stderr).toContain('no-such-option')
})
