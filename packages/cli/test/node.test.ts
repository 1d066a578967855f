import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join as joinPath } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fieldOf, jsonLines, Machine } from './command.test-helper.ts'

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.remove())

const isEvent = (name: string) => (value: unknown) => fieldOf(value, 'event') === name

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'by %s a kept node ends cleanly, and comes back with everything',
  async (signal) => {
    const first = await machine.startNode(['--persist', 'kept'])
    const set = await machine.run(['set', 'config', 'blue', '--json'])
    expect(jsonLines(set.out)).toEqual([expect.objectContaining({ isDurable: true })])
    await machine.run(['set', 'late', 'too', '--join', first.join])
    first.running.child.kill(signal)
    const { code, out, err } = await first.running.ended
    expect(code).toBe(0)
    expect(err).toContain(`closing (${signal})`)
    expect(jsonLines(out).at(-1)).toEqual({ event: 'closed' })
    expect(await machine.run(['get', 'config'])).toMatchObject({ code: 3 })

    const again = await machine.startNode(['--persist', 'kept'])
    expect(again.id).toBe(first.id)
    expect(await machine.run(['get', 'config'])).toMatchObject({ code: 0, out: 'blue\n' })
    expect(await machine.run(['get', 'late'])).toMatchObject({ code: 0, out: 'too\n' })
    const second = await machine.run(['node', '--persist', 'kept', '--no-control', '--json'])
    expect(second).toMatchObject({ code: 5 })
    expect(second.err).toContain('PERSISTENCE_IN_USE')
  },
)

test('nodes join by TCP and by WebSocket, also one that is started before the other', async () => {
  const anna = await machine.startNode(['--ws-port', '0', '--no-control'])
  const bert = await machine.startNode(['--join', `ws://127.0.0.1:${anna.ports.get('ws')}`])
  await bert.running.line(isEvent('connect'))
  expect(await machine.run(['set', 'key', 'value', '--replicas', '1'])).toMatchObject({ code: 0 })
  expect(await machine.run(['get', 'key', '--join', anna.join])).toMatchObject({ code: 0, out: 'value\n' })

  const port = anna.ports.get('tcp')
  anna.running.child.kill('SIGTERM')
  await anna.running.ended
  const cleo = machine.start(['node', '--json', '--no-control', '--join', anna.join])
  await cleo.errHas('"retryMs"')
  await machine.startNode(['--port', String(port), '--no-control'])
  await cleo.line(isEvent('connect'))
})

test('a network with a secret lets nobody else in; the secret comes by the environment', async () => {
  const env = { TS2P_SECRET: 'correct horse battery staple' }
  const { join } = await machine.startNode(['--noise'], { env })
  const words = ['set', 'key', 'value', '--noise', '--join', join]
  expect(await machine.run(words, { env })).toMatchObject({ code: 0 })
  const other = await machine.run(words, { env: { TS2P_SECRET: 'incorrect horse battery staple' } })
  expect(other).toMatchObject({ code: 3, out: '' })
  expect(other.err).toContain('[REFUSED_ANOTHER_SECRET]')
  const subnet = await machine.run([...words, '--subnet', 'other', '--json'], { env })
  expect(subnet.code).toBe(3)
  expect(jsonLines(subnet.err)).toEqual([{ error: expect.objectContaining({ code: 'REFUSED_ANOTHER_SUBNET' }) }])
  expect(
    await machine.run(['node', '--no-control', '--noise', '--subnet', 'other', '--join', join], { env }),
  ).toMatchObject({ code: 3 })
})

test('what answers at an address that is no node, or encrypts its links otherwise, is named, and no fault of the program', async () => {
  const site = createHttpServer((_, response) => response.end('hello'))
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const atSite = await machine.run(['get', 'key', '--join', `127.0.0.1:${(site.address() as AddressInfo).port}`])
  expect(atSite).toMatchObject({ code: 3, out: '' })
  expect(atSite.err).toContain('it sent what no ts2p node sends')
  expect(atSite.err).toContain('[HANDSHAKE_FAILED]')
  site.close()

  const { ports } = await machine.startNode(['--noise', '--ws-port', '0', '--no-control'])
  const plain = await machine.run(['get', 'key', '--join', `ws://127.0.0.1:${ports.get('noise+ws')}`])
  expect(plain).toMatchObject({ code: 3, out: '' })
  expect(plain.err).toContain('it ended the link during the handshake')
  expect(plain.err).toContain('the same encryption')
})

test('a join that hangs can be interrupted', async () => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const get = machine.start(['get', 'key', '--join', `127.0.0.1:${(silent.address() as AddressInfo).port}`])
  const [link] = (await once(silent, 'connection')) as [{ destroy(): void }]
  get.child.kill('SIGTERM')
  expect(await get.ended).toEqual({ code: 143, out: '', err: '' })
  link.destroy()
  silent.close()
})

test('a watch that is interrupted has done what it was asked to', async () => {
  await machine.startNode()
  const watch = machine.start(['watch'])
  await watch.errHas('watching all keys')
  watch.child.kill('SIGINT')
  expect(await watch.ended).toMatchObject({ code: 0, out: '' })
})

test('a watch for programs says nothing but JSON', async () => {
  const { control } = await machine.startNode()
  await machine.run(['set', 'key', 'value', '--via', control])
  const watch = await machine.run(['watch', '--initial', '--count', '1', '--json', '--via', control])
  expect(watch).toMatchObject({ code: 0, err: '' })
})

test('keys without leases are named by their prefix, as on the other nodes', async () => {
  const { control, ports } = await machine.startNode(['--unleased', 'config/'])
  const join = ['--join', `127.0.0.1:${ports.get('tcp')}`]
  for (const key of ['config/color', 'session']) await machine.run(['set', key, 'of the node', '--via', control])
  const other = [...join, '--unleased', 'config/']
  expect(await machine.run(['set', 'config/color', 'red', ...other])).toMatchObject({ code: 0 })
  expect((await machine.run(['set', 'session', 'mine', ...other])).err).toContain('[LEASE_HELD]')
  const without = await machine.run(['get', 'session', ...join])
  expect(without.code).toBe(3)
  expect(without.err).toContain('sync.leases of config/ is absent here and off there')
})

test('a lease that is too long is not understood, which is no fault of the program', async () => {
  const words = ['get', 'key', '--join', '127.0.0.1:1', '--lease-seconds', '9007199254740991', '--json']
  const { code, err } = await machine.run(words)
  expect({ code, err: jsonLines(err) }).toEqual({
    code: 2,
    err: [{ error: expect.objectContaining({ code: 'INVALID_ARGUMENT' }) }],
  })
})

test('a node whose log nobody reads any more goes on', async () => {
  const { control, running } = await machine.startNode(['--log-level', 'debug'])
  running.child.stderr.destroy()
  // Each is logged; the second asks whether the node has outlived the log of the first.
  expect(await machine.run(['set', 'key', 'value', '--via', control])).toMatchObject({ code: 0 })
  expect(await machine.run(['get', 'key', '--via', control])).toMatchObject({ code: 0, out: 'value\n' })
})

test('a node of which nobody reads the events any more ends as cleanly as others', async () => {
  const { running, control } = await machine.startNode()
  running.child.stdout.destroy()
  running.child.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 0 })
  expect(existsSync(control)).toBe(false)
})

test('what is to be set is asked for before anybody is', async () => {
  const { code, err } = await machine.run(['set', 'key', '--join', '127.0.0.1:1'])
  expect([code, err]).toEqual([2, expect.stringContaining('--file, - for the standard input')])
})

test('a value at its limit goes by a running node, whatever is in it', async () => {
  const { control } = await machine.startNode()
  const value = '\0'.repeat(1024 * 1024)
  const set = await machine.run(['set', 'key', '--file', '-', '--via', control], { input: value })
  expect(set).toMatchObject({ code: 0 })
  const { out } = await machine.run(['get', 'key', '--raw', '--via', control])
  expect(out === value).toBe(true)
})

test('who takes the port of another is told', async () => {
  const { ports } = await machine.startNode()
  const second = await machine.run(['node', '--no-control', '--port', String(ports.get('tcp'))])
  expect(second).toMatchObject({ code: 5, out: '' })
  expect(second.err).toContain('[ADDRESS_IN_USE]')
})

test('a key makes a node of a moment somebody who comes again', async () => {
  const { join } = await machine.startNode()
  const made = await machine.run(['keygen', 'anna.key', '--json'])
  const id = fieldOf(jsonLines(made.out)[0], 'id')
  const file = joinPath(machine.folder, 'anna.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const seed = readFileSync(file, 'utf8')
  expect(await machine.run(['keygen', 'anna.key'])).toMatchObject({ code: 5, out: '' })
  expect(readFileSync(file, 'utf8')).toBe(seed)

  for (const value of ['one', 'two']) {
    expect(await machine.run(['set', 'mine', value, '--join', join, '--key', 'anna.key'])).toMatchObject({ code: 0 })
  }
  const lease = await machine.run(['lease', 'mine', '--json'])
  expect(jsonLines(lease.out)).toEqual([expect.objectContaining({ owner: id })])
  writeFileSync(joinPath(machine.folder, 'open.key'), seed, { mode: 0o644 })
  const open = await machine.run(['get', 'mine', '--join', join, '--key', 'open.key'])
  expect(open).toMatchObject({ code: 5 })
  expect(open.err).toContain('others can read it')
  expect((await machine.run(['keygen', '--secret'])).out.trim().length).toBeGreaterThanOrEqual(43)
})

test('a set that waits in vain can be interrupted; the running node has the value all the same', async () => {
  const { running } = await machine.startNode(['--log-level', 'debug'])
  const set = machine.start(['set', 'key', 'value', '--replicas', '1', '--timeout', '3600'])
  await running.errHas('a value was set')
  set.child.kill('SIGINT')
  expect(await set.ended).toEqual({ code: 130, out: '', err: '' })
  expect(await machine.run(['get', 'key'])).toMatchObject({ code: 0, out: 'value\n' })
})

test('metrics are served to whoever has the token of the environment', async () => {
  expect(await machine.run(['node', '--metrics-port', '0'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('TS2P_METRICS_TOKEN'),
  })
  const token = 'a token that nobody can guess'
  const { running, id } = await machine.startNode(['--metrics-port', '0'], { env: { TS2P_METRICS_TOKEN: token } })
  const url = String(fieldOf(await running.line(isEvent('listening')), 'metrics'))
  expect((await fetch(url)).status).toBe(401)
  await machine.run(['set', 'key', 'value'])
  const metrics = await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text()
  expect(metrics).toContain(`ts2p_keys{node="${id}"} 1`)
})

test('a page that looks into the node is served at the address that is printed', async () => {
  const { running } = await machine.startNode([
    '--inspect',
    '--no-control',
    '--secret',
    'a secret that nobody can guess',
  ])
  const url = new URL(String(fieldOf(await running.line(isEvent('listening')), 'inspect')))
  expect(url.hostname).toBe('127.0.0.1')
  expect(await (await fetch(url)).text()).toContain('<title>ts2p inspector</title>')
  const headers = { authorization: `Bearer ${url.hash.slice(1)}` }
  const node: unknown = await (await fetch(new URL('/node.json', url), { headers })).json()
  expect(fieldOf(node, 'secret')).toBe(Buffer.from('a secret that nobody can guess').toString('hex'))
  expect((await fetch(new URL('/node.json', url))).status).toBe(401)
  expect(await machine.run(['node', '--no-control', '--inspect', url.port])).toMatchObject({
    code: 5,
    err: expect.stringContaining('ADDRESS_IN_USE'),
  })
  const person = machine.start(['node', '--no-control', '--inspect', '0'])
  expect(await person.outHas('look into it at')).toMatch(/look into it at http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}/)
  expect(await machine.run(['node', '--inspect', '65536'])).toMatchObject({ code: 2 })
})
