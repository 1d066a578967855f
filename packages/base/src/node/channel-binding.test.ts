import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { channelBindingOf } from './channel-binding.ts'

/** A pre-shared key, so that no certificate is needed. */
const psk = Buffer.alloc(32, 1)

test('TLS 1.2 has no channel binding: it would need an extension whose use Node does not report', async () => {
  const server = createServer({ ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => psk })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted: Promise<[TLSSocket]> = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const socket = connect({
    host: '127.0.0.1',
    port,
    ciphers: 'PSK',
    pskCallback: () => ({ psk, identity: 'test' }),
    checkServerIdentity: () => undefined,
  })
  await once(socket, 'secureConnect')
  expect(socket.getProtocol()).toBe('TLSv1.2')
  expect(channelBindingOf(socket)).toBeUndefined()
  const [other] = await accepted
  expect(channelBindingOf(other)).toBeUndefined()
  socket.destroy()
  other.destroy()
  server.close()
})
