import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { channelBindingContract, Stage } from '@ts2p/transport-contract'
import { expect, test } from 'vitest'
import { channelBindingOf } from './channel-binding.ts'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
const encrypted = { transport: tls({ certificate }), dialer: tls({ ca: certificate.cert }) }
channelBindingContract({ encrypted, plain: { transport: tcp() } })

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

test('whoever speaks no TLS after 1.2 is not spoken to', async () => {
  const stage = await Stage.open(encrypted)
  const socket = connect({ host: '127.0.0.1', port: stage.port, ca: certificate.cert, maxVersion: 'TLSv1.2' })
  const [error] = (await once(socket, 'error')) as [Error]
  expect(String(error)).toMatch(/protocol version|ECONNRESET|EPROTO/)
  await stage.end()
})
