import { afterEach, beforeEach, expect, test } from 'vitest'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { fieldOf, jsonLines, Machine } from './command.test-helper.ts'

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.remove())

test('a value set by the running node is there, for it and for a node of a moment; then it is gone', async () => {
  const { join, id } = await machine.startNode()
  expect(await machine.run(['set', 'greeting', 'hello'])).toMatchObject({ code: 0, err: '' })
  expect(await machine.run(['get', 'greeting'])).toEqual({ code: 0, out: 'hello\n', err: '' })
  expect(await machine.run(['get', 'greeting', '--join', join, '--raw'])).toEqual({ code: 0, out: 'hello', err: '' })
  const leased = await machine.run(['lease', 'greeting', '--json'])
  expect(jsonLines(leased.out)).toEqual([expect.objectContaining({ key: 'greeting', owner: id, held: true })])
  expect(await machine.run(['del', 'greeting'])).toMatchObject({ code: 0 })
  expect(await machine.run(['get', 'greeting'])).toMatchObject({
    code: 1,
    out: '',
    err: 'There is nothing at greeting.\n',
  })
  expect(await machine.run(['del', 'greeting'])).toMatchObject({ code: 1 })
  expect(await machine.run(['lease', 'greeting', '--json'])).toMatchObject({
    code: 1,
    out: '{"key":"greeting","held":false}\n',
  })
})

test('a lease has the length that is asked for, can be renewed, and be released while the value stays', async () => {
  const { join } = await machine.startNode()
  const set = await machine.run(['set', 'job', 'mine', '--lease', '30', '--json'])
  expect(jsonLines(set.out)).toEqual([
    expect.objectContaining({ key: 'job', lease: expect.objectContaining({ leaseSeconds: 30 }) }),
  ])
  const renewed = await machine.run(['renew', 'job', '--json'])
  expect([renewed.code, jsonLines(renewed.out)]).toEqual([
    0,
    [{ key: 'job', held: true, lease: expect.objectContaining({ leaseSeconds: 30 }) }],
  ])
  // It is not the lease of another node.
  expect(await machine.run(['release', 'job', '--join', join])).toEqual({
    ...{ code: 1, out: '', err: 'The node has no lease of job.\n' },
  })
  expect(await machine.run(['release', 'job'])).toMatchObject({
    ...{ code: 0, out: 'Nobody holds job now. Its value stays.\n' },
  })
  expect(await machine.run(['renew', 'job'])).toMatchObject({ code: 1, err: 'The node has no lease of job.\n' })
  expect(await machine.run(['set', 'job', 'anyone', '--join', join])).toMatchObject({ code: 0 })
  expect(await machine.run(['set', 'other', 'x', '--lease', '20000'])).toMatchObject({ code: 2 })
})

test('what a node of a moment has set is held by a neighbor when it leaves', async () => {
  const { join } = await machine.startNode()
  const set = await machine.run(['set', 'job', 'done', '--join', join, '--json'])
  expect(set.code).toBe(0)
  expect(jsonLines(set.out)).toEqual([expect.objectContaining({ key: 'job', replicas: 1 })])
  expect(await machine.run(['get', 'job'])).toMatchObject({ code: 0, out: 'done\n' })
  // It belongs to a node that is gone: nobody else may have it before the lease has run out, and is told so.
  const refused = await machine.run(['set', 'job', 'mine', '--json'])
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(jsonLines(refused.err)).toEqual([
    { error: expect.objectContaining({ code: 'LEASE_HELD', key: 'job', expiresAt: expect.any(Number) }) },
  ])
  expect(await machine.run(['del', 'job', '--join', join])).toMatchObject({ code: 1, out: '' })
})

test('when nobody has a value, the command says so and fails; the value stays set', async () => {
  await machine.startNode()
  const set = await machine.run(['set', 'lonely', 'x', '--replicas', '1', '--timeout', '1'])
  expect(set).toMatchObject({ code: 4, out: '' })
  expect(set.err).toContain('Only 0 of 1 neighbors had it')
  expect(set.err).toContain('[REPLICAS_MISSING]')
  expect(await machine.run(['get', 'lonely'])).toMatchObject({ code: 0, out: 'x\n' })
  expect(await machine.run(['send', 'hello'])).toMatchObject({ code: 4 })
})

test('a node of a moment has all of a large map before it answers', async () => {
  const options = {
    transports: [tcp()],
    listen: { host: '127.0.0.1' },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  } as const
  const anna = new SyncSocket<string, string>(options)
  await anna.listen()
  try {
    const names = Array.from({ length: 8000 }, (_, index) => `key/${index}`)
    anna.update(names.map((name) => [name, 'x'.repeat(200)]))
    const join = `127.0.0.1:${anna.addresses[0]?.port}`
    const { code, out } = await machine.run(['keys', 'key/', '--join', join, '--json'])
    expect(code).toBe(0)
    expect(jsonLines(out).map((line) => fieldOf(line, 'key'))).toEqual(names.toSorted())
  } finally {
    await anna.close()
  }
})

test('bytes that are no text come out as they went in, and as base64 in JSON', async () => {
  await machine.startNode()
  await machine.run(['set', 'text', '--file', '-'], { input: 'two\nlines' })
  expect((await machine.run(['get', 'text', '--raw'])).out).toBe('two\nlines')
  const options = { transports: [tcp()], listen: { host: '127.0.0.1' } } as const
  const anna = new SyncSocket(options)
  await anna.listen()
  try {
    anna.set(Uint8Array.of(0xff, 0x00), Uint8Array.of(1, 0xfe))
    anna.set('esc', '\u001B[2Jgone')
    const join = ['--join', `127.0.0.1:${anna.addresses[0]?.port}`]
    const lines = jsonLines((await machine.run(['keys', '--values', '--json', ...join])).out)
    expect(lines).toContainEqual({ key: { base64: '/wA=' }, value: { base64: 'Af4=' } })
    // What others wrote does not steer a terminal.
    const { out } = await machine.run(['keys', '--values', ...join])
    expect(out).toContain(String.raw`esc = \u001b[2Jgone`)
    expect(out).not.toContain('\u001B')
  } finally {
    await anna.close()
  }
})

test('changes are printed as they come, by both ways, until there were enough', async () => {
  const { join } = await machine.startNode()
  await machine.run(['set', 'job/1', 'a'])
  const watches = [['--join', join], []].map((words) =>
    machine.start(['watch', 'job/', '--initial', '--count', '3', '--json', ...words]),
  )
  for (const watch of watches) await watch.line((change) => fieldOf(change, 'key') === 'job/1')
  await machine.run(['set', 'other', 'x'])
  await machine.run(['set', 'job/2', 'b'])
  await machine.run(['del', 'job/1'])
  for (const watch of watches) {
    const { code, out } = await watch.ended
    expect(code).toBe(0)
    const changes = jsonLines(out).map((change) => [
      fieldOf(change, 'type'),
      fieldOf(change, 'key'),
      fieldOf(change, 'value'),
    ])
    expect(changes).toEqual([
      ['set', 'job/1', 'a'],
      ['set', 'job/2', 'b'],
      ['delete', 'job/1', undefined],
    ])
  }
})

test('a message reaches the running nodes, and the links are listed', async () => {
  const { running, join, id } = await machine.startNode()
  expect(await machine.run(['send', 'hello all', '--join', join])).toMatchObject({
    code: 0,
    out: 'sent to 1 neighbor\n',
  })
  expect(await running.line((event) => fieldOf(event, 'event') === 'message')).toMatchObject({ packets: ['hello all'] })
  const peers = await machine.run(['peers', '--json', '--join', join])
  expect(jsonLines(peers.out)).toEqual([expect.objectContaining({ id, direction: 'dialed' })])
})

test('a measurement writes, is confirmed, and leaves nothing', async () => {
  const { join } = await machine.startNode()
  const { code, out } = await machine.run(['bench', '--count', '200', '--bytes', '10', '--json', '--join', join])
  expect(code).toBe(0)
  const lines = jsonLines(out)
  expect(lines).toEqual([expect.objectContaining({ count: 200, bytes: 10, setsPerSecond: expect.any(Number) })])
  expect(fieldOf(lines[0], 'confirmedMsMedian')).toBeGreaterThan(0)
  expect(await machine.run(['keys'])).toMatchObject({ code: 0, out: '' })
})

test('a measurement without a neighbor fails at once, and writes nothing', async () => {
  await machine.startNode()
  const { code, out, err } = await machine.run(['bench', '--timeout', '3600'])
  expect([code, out]).toEqual([3, ''])
  expect(err).toContain('[NO_NEIGHBOR]')
  expect((await machine.run(['bench', '--help'])).out).toMatch(
    /--replicas <count>\s+neighbors that must say they hold it; default 1\n/,
  )
})

test('a set keeps the kind of what was there, or says which option replaces it', async () => {
  const { control } = await machine.startNode()
  const set = (words: string[], input?: string) =>
    machine.run(['set', ...words, '--via', control], input === undefined ? {} : { input })
  const get = async (key: string) => (await machine.run(['get', key, '--raw', '--via', control])).out

  await set(['config', '{"color":"blue"}'])
  const plain = await set(['config', 'green', '--json'])
  expect(plain.code).toBe(2)
  expect(jsonLines(plain.err)).toEqual([{ error: expect.objectContaining({ code: 'USAGE' }) }])
  expect(plain.err).toContain('--encoding json')
  expect(await get('config')).toBe('{"color":"blue"}')
  expect(await set(['config', '17'])).toMatchObject({ code: 0 })
  expect(await set(['config', '"green"'])).toMatchObject({ code: 0 })
  expect(await set(['config', 'green', '--encoding', 'json'])).toMatchObject({ code: 2 })
  expect(await set(['config', 'green', '--encoding', 'text'])).toMatchObject({ code: 0 })
  expect(await get('config')).toBe('green')

  expect(await set(['bytes', '/wA=', '--encoding', 'base64'])).toMatchObject({ code: 0 })
  const text = await set(['bytes', 'text'])
  expect(text).toMatchObject({ code: 2 })
  expect(text.err).toContain('bytes that are not text')
  expect(await set(['bytes', '/wE=', '--encoding', 'base64'])).toMatchObject({ code: 0 })
  expect(jsonLines((await machine.run(['get', 'bytes', '--json', '--via', control])).out)).toEqual([
    { key: 'bytes', found: true, value: { base64: '/wE=' } },
  ])
  expect(await set(['config', 'not base64', '--encoding', 'base64'])).toMatchObject({ code: 2 })
  expect(await set(['config', '--file', '-'], 'two\nlines')).toMatchObject({ code: 0 })
  expect(await get('config')).toBe('two\nlines')
})

test('a measurement that is interrupted leaves nothing either', async () => {
  const { running, join } = await machine.startNode(['--log-level', 'debug'])
  const bench = machine.start(['bench', '--count', '100000', '--join', join])
  await running.errHas('ts2p-bench')
  bench.child.kill('SIGINT')
  expect(await bench.ended).toMatchObject({ code: 130, out: '' })
  expect(await machine.run(['keys'])).toMatchObject({ code: 0, out: '' })
})
