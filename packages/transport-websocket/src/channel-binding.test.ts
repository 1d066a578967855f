import { channelBindingContract } from '@ts2p/transport-contract'
import { testCertificate } from './certificate.test-helper.ts'
import { channelBindingOf } from './channel-binding.ts'
import { secureWebsocket, websocket } from './index.ts'

const certificate = await testCertificate(['127.0.0.1'])
channelBindingContract({
  encrypted: { transport: secureWebsocket({ certificate }), dialer: secureWebsocket({ ca: certificate.cert }) },
  plain: { transport: websocket() },
  certificate,
  channelBindingOf,
})
