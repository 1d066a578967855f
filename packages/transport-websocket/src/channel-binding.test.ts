import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Stage } from '@ts2p/transport-contract'
import type { Subject } from '@ts2p/transport-contract'
import { expect, test } from 'vitest'
import { channelBindingOf } from './channel-binding.ts'
import { testCertificate } from './certificate.test-helper.ts'
import { secureWebsocket, websocket } from './index.ts'

const certificate = await testCertificate(['127.0.0.1'])
const subject: Subject = {
  transport: secureWebsocket({ certificate }),
  dialer: secureWebsocket({ ca: certificate.cert }),
}
const plain: Subject = { transport: websocket() }

/** The channel bindings of both ends of a new link. */
async function bindingsOf(stage: Stage): Promise<(Uint8Array | undefined)[]> {
  const { dialled, accepted } = await stage.pair()
  return [dialled, accepted].map(({ channelBinding }) => channelBinding)
}

test('both ends of a wss link have the same channel binding, and two links have two', async () => {
  const stage = await Stage.open(subject)
  const [first, second] = [await bindingsOf(stage), await bindingsOf(stage)]
  expect(first[0]).toHaveLength(32)
  expect(first[0]).toEqual(first[1])
  expect(second[0]).toEqual(second[1])
  expect(first[0]).not.toEqual(second[0])
  expect(await stage.end()).toEqual([])
})

test('a link has none before it is open, and one without encryption none at all', async () => {
  const stage = await Stage.open(subject)
  expect(stage.dial().channelBinding).toBeUndefined()
  await stage.end()
  const open = await Stage.open(plain)
  expect(await bindingsOf(open)).toEqual([undefined, undefined])
  await open.end()
})

test('TLS 1.2 has none: it would need an extension of which Node does not tell', async () => {
  const server = createServer({ ...certificate, maxVersion: 'TLSv1.2' })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted: Promise<[TLSSocket]> = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const socket = connect({ host: '127.0.0.1', port, ca: certificate.cert })
  await once(socket, 'secureConnect')
  expect(socket.getProtocol()).toBe('TLSv1.2')
  expect(channelBindingOf(socket)).toBeUndefined()
  const [other] = await accepted
  expect(channelBindingOf(other)).toBeUndefined()
  socket.destroy()
  other.destroy()
  server.close()
})
