import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Stage } from '@ts2p/transport-contract'
import type { Subject } from '@ts2p/transport-contract'
import { expect, test } from 'vitest'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
const overTls: Subject = { transport: tls({ certificate }), dialer: tls({ ca: certificate.cert }) }

/** A program that knows nothing of ts2p and connects. */
async function stranger(stage: Stage): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: stage.port }).on('error', () => undefined)
  await once(socket, 'connect')
  return socket.resume()
}

test('500 sockets that say nothing do not disturb another link', async () => {
  const stage = await Stage.open({ transport: tcp() })
  const { dialed, accepted } = await stage.pair()
  const silent = await Promise.all(Array.from({ length: 500 }, () => stranger(stage)))
  await stage.acceptedAt(500)
  dialed.write(new Uint8Array(1000))
  await accepted.received(1000)
  await stage.roundTrip()
  for (const socket of silent) socket.destroy()
  expect(await stage.end()).toEqual([])
})

test('garbage ends its own connection to a TLS port, whose link never opens', async () => {
  const stage = await Stage.open(overTls)
  const garbler = await stranger(stage)
  garbler.write(Buffer.alloc(4096, 'garbage'))
  await once(garbler, 'close')
  const link = await stage.acceptedAt(0)
  await link.closed()
  expect(link.told).toEqual(['close'])
  await stage.roundTrip()
  expect(await stage.end()).toEqual([])
})

test('the link of a handshake that is broken off never opens', async () => {
  const stage = await Stage.open(overTls)
  const leaver = await stranger(stage)
  leaver.end(Uint8Array.of(0x16, 3, 1, 2, 0, 1))
  await once(leaver, 'close')
  const link = await stage.acceptedAt(0)
  await link.closed()
  expect(link.told).toEqual(['close'])
  await stage.roundTrip()
  expect(await stage.end()).toEqual([])
})

test('a socket in the midst of its TLS handshake is a link that can be destroyed; the others go on', async () => {
  const stage = await Stage.open(overTls)
  const { dialed, accepted } = await stage.pair()
  const slow = await stranger(stage)
  slow.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1))
  const link = await stage.acceptedAt(1)
  await stage.roundTrip()
  expect([link.remoteHost, link.told]).toEqual(['127.0.0.1', []])
  const closed = once(slow, 'close')
  await stage.listener.close()
  link.destroy()
  await closed
  expect(await link.closed()).toBeUndefined()
  dialed.write(Uint8Array.of(1))
  await accepted.received(1)
  expect(await stage.end()).toEqual([])
})
