import { expect, inject, test } from 'vitest'
import { Project } from './project.ts'

/** The command line as whoever installed ts2p, and nothing else, has it. */
const project = new Project(inject('umbrellaProject'))

/** What a command ended with, and printed. */
interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npx ts2p` with words. */
async function ts2p(...words: readonly string[]): Promise<Outcome> {
  const program = `
    const { spawnSync } = require('node:child_process')
    const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'ts2p', ...${JSON.stringify(words)}], { encoding: 'utf8' })
    console.log(JSON.stringify({ status, stdout, stderr }))`
  // What the program prints.
  return JSON.parse(await project.run(project.write('command-line.cjs', program))) as Outcome
}

test('npx ts2p', async () => {
  expect(await ts2p('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: ts2p') })
  expect(await ts2p('get')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining("'key'") })
})

test('a node that is to be kept says what else is to be installed', async () => {
  const { status, stderr } = await ts2p('node', '--persist', 'folder', '--no-control')
  expect(status).toBe(2)
  expect(stderr).toContain('npm install @ts2p/persistence-level')
})

test('of what ts2p is made of, only the command names it', async () => {
  const names = `
    const { readdirSync, readFileSync } = require('node:fs')
    const folder = 'node_modules/ts2p/dist/'
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
    console.log(files.length > 5, files.filter((file) => readFileSync(folder + file, 'utf8').includes('@ts2p/cli')).join())`
  expect(await project.run(project.write('names.cjs', names))).toBe('true bin.js\n')
})
