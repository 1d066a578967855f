import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFileSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { parseAddress } from '../src/running/address.ts'
import { completionsOf } from '../src/terminal/completion.ts'
import { printable } from '../src/control/datum.ts'
import { quoted, wordsOf } from '../src/terminal/words.ts'
import { jsonLines, Machine } from './command.test-helper.ts'

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.remove())

test.each([
  [['get'], 'key'],
  [['explode'], 'explode'],
  [['get', 'key', '--join', 'nowhere'], 'nowhere'],
  [['set', 'key', '--join', '127.0.0.1:1', '--replicas', 'some'], 'whole number'],
  [['node', '--port', '70000'], '65535'],
  [['node', '--log-level', 'loud'], 'loud'],
  [[], 'no command'],
] as const)('%j is not understood, and why', async (words, why) => {
  const [outcome, inJson] = await Promise.all([machine.run(words), machine.run([...words, '--json'])])
  expect(outcome).toMatchObject({ code: 2, out: '' })
  expect(outcome.err).toContain(why)
  expect(outcome.err).toContain('[USAGE]')
  expect(inJson.code).toBe(2)
  expect(jsonLines(inJson.err)).toEqual([{ error: expect.objectContaining({ code: 'USAGE' }) }])
})

test('help and version are asked for', async () => {
  expect(await machine.run(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit codes') })
  expect(await machine.run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})

test('nobody answers at an address', async () => {
  const outcome = await machine.run(['get', 'key', '--join', '127.0.0.1:1'], { env: { FORCE_COLOR: '1', CI: 'true' } })
  expect(outcome).toMatchObject({ code: 3, out: '' })
  expect(outcome.err).toContain('[UNREACHABLE]')
  expect(outcome.err).not.toContain('\u001B')
})

test('the interactive shell does line after line, and remembers what was typed', async () => {
  await machine.startNode()
  const input = [
    'set \'a b\' "one two"',
    'get "a b"',
    'get nothing',
    'explode',
    "get 'open",
    'keys',
    'exit',
    'get never',
  ].join('\n')
  const { code, out, err } = await machine.run(['repl'], { input })
  // That of the first command that failed: there is nothing at nothing.
  expect(code).toBe(1)
  expect(out).toMatch(/^a b is set.*\none two\na b\n$/)
  for (const text of ['nothing at nothing', 'explode', 'A quote is not closed']) expect(err).toContain(text)
  const history = joinPath(machine.folder, 'history')
  expect(readFileSync(history, 'utf8').split('\n')[1]).toBe('get "a b"')
  expect(statSync(history).mode & 0o777).toBe(0o600)
  expect(await machine.run(['repl', '--no-history'], { input: 'explode\nget "a b"\n' })).toMatchObject({ code: 2 })
  const json = await machine.run(['repl', '--json', '--no-history'], { input: 'get "a b"\n' })
  expect(json.code).toBe(0)
  expect(jsonLines(json.out)).toEqual([{ key: 'a b', found: true, value: 'one two' }])
})

test('the tab key offers commands, then keys', async () => {
  const asker = {
    async *ask({ prefix }: { prefix: string }) {
      yield* ['job/1', 'job/two words', { base64: '/w==' }]
        .filter((key) => typeof key !== 'string' || key.startsWith(prefix))
        .map((key) => ({ key }))
    },
    close: () => Promise.resolve(),
  } as unknown as Parameters<typeof completionsOf>[1]['asker']
  const names = ['get', 'set', 'send']
  expect(await completionsOf('se', { asker, names })).toEqual([['set ', 'send '], 'se'])
  expect(await completionsOf('get job', { asker, names })).toEqual([['job/1', "'job/two words'"], 'job'])
  expect(await completionsOf('send job', { asker, names })).toEqual([[], 'send job'])
})

test('words as a shell has them', () => {
  expect(wordsOf(String.raw`set 'a b'"c"  d\ e "f\"g" '' `)).toEqual(['set', 'a bc', 'd e', 'f"g', ''])
  for (const word of ['plain', "it's", 'two words', '']) expect(wordsOf(quoted(word))).toEqual([word])
  expect(() => wordsOf('get "open')).toThrow('not closed')
})

test('addresses', () => {
  expect(parseAddress('example.org:4000')).toEqual({ transport: 'tcp', host: 'example.org', port: 4000, isTls: false })
  expect(parseAddress('ws://[::1]:80/')).toEqual({ transport: 'ws', host: '::1', port: 80, isTls: false })
  expect(parseAddress('4000')).toEqual({ transport: 'tcp', host: '127.0.0.1', port: 4000, isTls: false })
  expect(parseAddress('wss://a:1')).toEqual({ transport: 'ws', host: 'a', port: 1, isTls: true })
  expect(parseAddress('tls://a:1')).toEqual({ transport: 'tcp', host: 'a', port: 1, isTls: true })
  for (const text of ['', 'host', 'host:0', 'host:65536', 'http://host:1', '::1:80'])
    expect(() => parseAddress(text)).toThrow('no address')
})

test('nothing that could steer a terminal is printed', () => {
  expect(printable('a\u001B[2J\n\u202E\u0007b')).toBe(String.raw`a\u001b[2J\n\u202e\u0007b`)
  expect(printable({ base64: '/w==' })).toBe('base64:/w==')
})
