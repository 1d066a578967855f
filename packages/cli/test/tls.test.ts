import { writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { selfSignedCertificate } from '@ts2p/transport-tcp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fieldOf, jsonLines, Machine } from './command.test-helper.ts'

const { cert, key } = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
let machine: Machine
beforeEach(() => {
  machine = new Machine()
  for (const [name, text] of Object.entries({ 'node.crt': cert, 'node.key': key, 'none.pem': 'nothing' })) {
    writeFileSync(joinPath(machine.folder, name), text)
  }
})
afterEach(() => machine.remove())

const listening = ['--tls-cert', 'node.crt', '--tls-key', 'node.key']

test('a network by TLS: nodes join each other, and commands join them, by TCP and by WebSocket', async () => {
  const anna = await machine.startNode([...listening, '--ws-port', '0', '--no-control'])
  expect([...anna.ports.keys()]).toEqual(['tls', 'wss'])
  const bert = await machine.startNode([...listening, '--ca', 'node.crt', '--join', anna.join, '--no-control'])
  await bert.running.line((value) => fieldOf(value, 'event') === 'connect')
  const set = await machine.run(['set', 'key', 'value', '--ca', 'node.crt', '--join', `tls://${anna.join}`])
  expect(set).toMatchObject({ code: 0 })
  const wss = `wss://127.0.0.1:${anna.ports.get('wss')}`
  const get = await machine.run(['get', 'key', '--join', wss], { env: { TS2P_CA: 'node.crt' } })
  expect(get).toMatchObject({ code: 0, out: 'value\n' })
})

test('a certificate of nobody who is trusted is not taken; a node by TLS lets nobody in without', async () => {
  const { join } = await machine.startNode([...listening, '--no-control'])
  const distrusting = await machine.run(['get', 'key', '--join', `tls://${join}`])
  expect(distrusting).toMatchObject({ code: 3, out: '' })
  expect(distrusting.err).toContain('its certificate is self-signed and not trusted')
  const plain = await machine.run(['get', 'key', '--join', join])
  expect(plain).toMatchObject({ code: 3, out: '' })
})

test.each([
  [['--tls-cert', 'gone.crt', '--tls-key', 'node.key'], 'gone.crt: it cannot be read'],
  [['--tls-cert', 'none.pem', '--tls-key', 'node.key'], 'none.pem: it has no certificate as PEM'],
  [['--tls-cert', 'node.crt', '--tls-key', 'none.pem'], 'none.pem: it is not the private key of node.crt'],
  [[...listening, '--ca', 'none.pem'], 'none.pem: it has no certificate as PEM'],
])('files that are not what they should be: %j', async (words, why) => {
  const { code, out, err } = await machine.run(['node', '--no-control', '--json', ...words])
  expect({ code, out }).toEqual({ code: 5, out: '' })
  expect(jsonLines(err)).toEqual([{ error: expect.objectContaining({ code: 'FILE' }) }])
  expect(err).toContain(why)
})

test.each([
  [['--tls-cert', 'node.crt'], 'give both --tls-cert and --tls-key'],
  [['--ca', 'node.crt'], 'needs a certificate to do so by TLS'],
  [['--join', 'wss://127.0.0.1:1'], 'needs a certificate to do so by TLS'],
  [[...listening, '--noise'], 'by TLS or by Noise'],
])('options that contradict each other: %j', async (words, why) => {
  const { code, err } = await machine.run(['node', '--no-control', ...words])
  expect(code).toBe(2)
  expect(err).toContain(why)
})
