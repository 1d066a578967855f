import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join as joinPath } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { answer as answerAt } from '../src/control/answer.ts'
import { writeControlFile } from '../src/control/control-file.ts'
import { controlProof } from '../src/control/control-proof.ts'
import { ControlServer } from '../src/control/control-server.ts'
import { fieldOf, jsonLines, Machine } from './command.test-helper.ts'

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.remove())

interface File {
  readonly port: number
  readonly token: string
}

function readControl(path: string): File {
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'))
  return { port: Number(fieldOf(file, 'port')), token: String(fieldOf(file, 'token')) }
}

/** Says lines to a control endpoint, one after each answer. @returns what it answered, until it hung up */
async function speak(port: number, lines: readonly ((answer: unknown) => unknown)[]): Promise<unknown[]> {
  const socket: Socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.on('error', () => undefined)
  let heard = ''
  let said = 0
  const say = (): void => {
    const line = lines[said]
    if (line) socket.write(`${JSON.stringify(line(jsonLines(heard).at(-1)))}\n`)
    said += 1
  }
  socket.on('data', (text: string) => {
    heard += text
    say()
  })
  say()
  await once(socket, 'close')
  return jsonLines(heard)
}

test('the control file is for its owner only, has no secret of the network, and goes with the node', async () => {
  const { running, control } = await machine.startNode([], { env: { TS2P_SECRET: 'a secret of the network' } })
  expect(statSync(control).mode & 0o777).toBe(0o600)
  expect(statSync(joinPath(machine.folder, 'runtime')).mode & 0o777).toBe(0o700)
  expect(readFileSync(control, 'utf8')).not.toContain('a secret of the network')
  running.child.kill('SIGTERM')
  await running.ended
  expect(existsSync(control)).toBe(false)
})

test('who does not know the token is hung up on, and learns nothing', async () => {
  const { control } = await machine.startNode()
  const { port, token } = readControl(control)
  const asker = 'bm9uY2U='
  const request = (): unknown => ({ number: 1, request: { ask: 'keys', prefix: '', values: true } })

  const guessed = await speak(port, [
    () => ({ nonce: asker }),
    (answer) => ({ proof: controlProof('guessed', 'asker', { asker, node: String(fieldOf(answer, 'nonce')) }) }),
    request,
  ])
  expect(guessed).toHaveLength(1)
  // What the node shows of itself does not do as the proof of somebody else.
  const mirrored = await speak(port, [
    () => ({ nonce: asker }),
    (answer) => ({ proof: fieldOf(answer, 'proof') }),
    request,
  ])
  expect(mirrored).toHaveLength(1)
  expect(await speak(port, [request])).toEqual([])
  expect(JSON.stringify([guessed, mirrored])).not.toContain(token)
})

test('a request that makes no sense is refused by name, and one too many ends the conversation', async () => {
  const { control } = await machine.startNode()
  const { port, token } = readControl(control)
  const asker = 'bm9uY2U='
  const proof = (answer: unknown): unknown => ({
    proof: controlProof(token, 'asker', { asker, node: String(fieldOf(answer, 'nonce')) }),
  })
  const said = await speak(port, [
    () => ({ nonce: asker }),
    proof,
    () => ({ number: 1, request: { ask: 'set', key: 'k', value: 7, confirm: { replicas: 0, timeoutMs: 1 } } }),
    () => ({ number: 2, request: { ask: 'explode' } }),
    () => 'no message at all',
  ])
  expect(said.slice(1)).toEqual([
    { welcome: true },
    { number: 1, failure: expect.objectContaining({ code: 'USAGE', message: expect.stringContaining("'value'") }) },
    { number: 2, failure: expect.objectContaining({ code: 'USAGE' }) },
  ])
})

test('a browser cannot ask: its request is no greeting', async () => {
  const { control } = await machine.startNode()
  await expect(fetch(`http://127.0.0.1:${readControl(control).port}/`)).rejects.toThrow()
})

test('a file that others can read, one of a node that is gone, and none', async () => {
  const { running, control } = await machine.startNode()
  const copy = joinPath(machine.folder, 'copy.json')
  writeFileSync(copy, readFileSync(control), { mode: 0o600 })
  expect(await machine.run(['keys', '--via', copy])).toMatchObject({ code: 0 })
  chmodSync(copy, 0o644)
  const open = await machine.run(['keys', '--via', copy])
  expect(open).toMatchObject({ code: 5 })
  expect(open.err).toContain('Its mode must be 600')
  chmodSync(copy, 0o600)
  running.child.kill('SIGKILL')
  await running.ended
  expect(await machine.run(['keys', '--via', copy])).toMatchObject({ code: 3 })
  // What was killed has left its file: it is cleared away.
  expect(existsSync(control)).toBe(true)
  expect(await machine.run(['keys'])).toMatchObject({ code: 3 })
  expect(existsSync(control)).toBe(false)
  const missing = await machine.run(['keys', '--via', 'nothing.json', '--json'])
  expect(missing.err).toContain('"NO_NODE"')
  expect(missing.err).toContain('Give --via the number of its process, or the file that it was given by --control.')
})

test('connections that say nothing keep nobody out: the oldest of them gives way', async () => {
  const { control } = await machine.startNode()
  const { port } = readControl(control)
  const idle: Socket[] = []
  const firstEnded: Promise<unknown>[] = []
  try {
    for (let index = 0; index < 40; index += 1) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      if (index === 0) firstEnded.push(once(socket, 'close'))
      await once(socket, 'connect')
      idle.push(socket)
    }
    await Promise.all(firstEnded)
    expect(idle.slice(-8).filter(({ destroyed }) => destroyed)).toEqual([])
    expect(await machine.run(['set', 'key', 'value', '--via', control])).toMatchObject({ code: 0 })
  } finally {
    for (const socket of idle) socket.destroy()
  }
})

test('of several nodes one must be named', async () => {
  const [anna, bert] = [await machine.startNode(), await machine.startNode()]
  await machine.run(['set', 'key', 'of bert', '--via', String(bert.running.child.pid)])
  const unnamed = await machine.run(['get', 'key'])
  expect(unnamed).toMatchObject({ code: 2 })
  expect(unnamed.err).toContain(`--via ${anna.running.child.pid}`)
  expect(await machine.run(['get', 'key', '--via', bert.control])).toMatchObject({ code: 0, out: 'of bert\n' })
  expect(await machine.run(['get', 'key'], { env: { TS2P_VIA: String(anna.running.child.pid) } })).toMatchObject({
    code: 1,
  })
  expect(await machine.run(['get', 'key', '--via', bert.control, '--join', bert.join])).toMatchObject({ code: 2 })
})

test('a node without room for all of the dictionary says so with exit code 3, and what it has it prints', async () => {
  const options = { transports: [tcp()], listen: { host: '127.0.0.1' } } as const
  const fuller = new SyncSocket(options)
  const full = new SyncSocket({ ...options, storeLimits: { keysMax: 2 } })
  const control = new ControlServer((request, signal) => answerAt({ socket: full, isKept: false }, request, signal))
  try {
    for (const socket of [fuller, full]) await socket.listen()
    for (const key of ['a', 'b', 'c', 'd']) fuller.set(key, `of ${key}`)
    const isFull = new Promise<void>((resolve) => {
      full.on('change', () => {
        if (!full.isComplete) resolve()
      })
    })
    await full.connect('127.0.0.1', fuller.addresses[0]?.port ?? 0)
    await isFull
    const file = joinPath(machine.folder, 'runtime', 'full.json')
    const { token } = control
    await writeControlFile(file, { id: full.id, port: await control.listen(), token, pid: process.pid })
    const [known] = [...full.keys()].map((key) => Buffer.from(key).toString())
    const [found, missing, keys] = await Promise.all(
      [['get', known ?? ''], ['get', 'nothing'], ['keys']].map((words) => machine.run([...words, '--via', file])),
    )
    expect(found).toMatchObject({ code: 3, out: `of ${known}\n` })
    expect(missing).toMatchObject({ code: 3, out: '' })
    expect(keys).toMatchObject({ code: 3 })
    for (const outcome of [found, missing, keys]) expect(outcome?.err).toContain('[PARTIAL_DICTIONARY]')
  } finally {
    await control.close()
    for (const socket of [fuller, full]) await socket.close()
  }
})
