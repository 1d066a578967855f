import { createSubnet, identityFromSeed } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { BaseSocket } from './base-socket.ts'
import { systemEnvironment } from './environment/system-environment.ts'
import type { Transport } from './links/transport.ts'

const nowhere: Transport = {
  name: 'nowhere',
  security: 'plaintext',
  dial: () => {
    throw new Error('Nobody dials in these tests.')
  },
}
const good = {
  identity: identityFromSeed(new Uint8Array(32).fill(1)),
  subnet: createSubnet({ description: 'cats', security: 'plaintext' }),
  environment: systemEnvironment(),
  transports: [nowhere],
}
const address = { transport: 'tcp', host: 'anna.example', port: 4444 }

test('good options are taken', () => {
  const limits = { pingMs: 1000, sendQueueHardBytes: Number.POSITIVE_INFINITY }
  const socket = new BaseSocket({ ...good, limits, advertise: Array.from({ length: 8 }, () => address) })
  expect(socket.limits).toMatchObject({ ...limits, deadMs: 45_000 })
})

test.each([
  ['no options', undefined, 'options'],
  ['a list of no transports', { ...good, transports: [] }, 'transports'],
  ['a transport that is not in a list', { ...good, transports: nowhere }, 'transports'],
  ['a function in the place of what it returns', { ...good, transports: [() => nowhere] }, 'transports'],
  ['an identity that cannot sign', { ...good, identity: { key: new Uint8Array(32) } }, 'identity'],
  ['an option that there is not', { ...good, lissten: [] }, 'options.lissten'],
  ['an option that there is not, of value undefined', { ...good, seeds: undefined }, 'options.seeds'],
  ['a limit that there is not', { ...good, limits: { peers: 3 } }, 'limits.peers'],
  ['a place to listen that is none', { ...good, listen: [null] }, 'listen'],
  ['a place to listen with an option that there is not', { ...good, listen: [{ prot: 4444 }] }, 'listen.prot'],
  ['a limit that is no number', { ...good, limits: { pingMs: 'x' } }, 'limits.pingMs'],
  ['a limit that is not a number', { ...good, limits: { peersMax: Number.NaN } }, 'limits.peersMax'],
  ['a limit that lets nothing pass', { ...good, limits: { messagesPerSecond: 0 } }, 'limits.messagesPerSecond'],
  ['more addresses than others take', { ...good, advertise: Array.from({ length: 9 }, () => address) }, 'advertise'],
  ['an address that nobody can read', { ...good, advertise: [{ ...address, host: 'bü cher' }] }, 'advertise'],
  ['an address without a port', { ...good, advertise: [{ ...address, port: 0 }] }, 'advertise'],
  ['a proxy that is not in a list', { ...good, trustedProxies: '10.0.0.1' }, 'trustedProxies'],
  ['a proxy by its name', { ...good, trustedProxies: ['proxy.example'] }, 'trustedProxies'],
  ['a secret that can be guessed', { ...good, secret: 'hunter2' }, 'secret'],
])('%s: an error that says so', (_, options, argument) => {
  expect(() => new BaseSocket(options as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
})

test('options of a layer above may have more', () => {
  const handler = { peerHints: () => [] }
  expect(() => new BaseSocket({ ...good, seeds: [] } as never, handler as never)).not.toThrow()
})

test.each([
  ['an option that there is not', { loglevel: 'info' }, 'options.loglevel'],
  ['a level that there is not', { logLevel: 'warning' }, 'logLevel'],
  ['no object', null, 'options'],
])('systemEnvironment, %s: an error that says so', (_, options, argument) => {
  expect(() => systemEnvironment(options as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
})
