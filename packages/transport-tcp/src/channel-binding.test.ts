import { channelBindingContract } from '@ts2p/transport-contract'
import { channelBindingOf } from './channel-binding.ts'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
channelBindingContract({
  encrypted: { transport: tls({ certificate }), dialer: tls({ ca: certificate.cert }) },
  plain: { transport: tcp() },
  certificate,
  channelBindingOf,
})
