import { transportContract } from '@ts2p/transport-contract'
import { secureWebsocket, websocket } from './index.ts'
import { testCertificate } from './certificate.test-helper.ts'

const certificate = await testCertificate(['127.0.0.1'])

transportContract('ws', () => ({ transport: websocket() }))
transportContract('wss', () => ({
  transport: secureWebsocket({ certificate }),
  dialer: secureWebsocket({ ca: certificate.cert }),
}))
