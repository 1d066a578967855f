import { once } from 'node:events'
import { connect } from 'node:tls'
import { channelBindingContract, Stage } from '@ts2p/transport-contract'
import { expect, test } from 'vitest'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
const encrypted = { transport: tls({ certificate }), dialer: tls({ ca: certificate.cert }) }
channelBindingContract({ encrypted, plain: { transport: tcp() } })

test('whoever speaks no TLS after 1.2 is not spoken to', async () => {
  const stage = await Stage.open(encrypted)
  const socket = connect({ host: '127.0.0.1', port: stage.port, ca: certificate.cert, maxVersion: 'TLSv1.2' })
  const [error] = (await once(socket, 'error')) as [Error]
  expect(String(error)).toMatch(/protocol version|ECONNRESET|EPROTO/)
  await stage.end()
})
