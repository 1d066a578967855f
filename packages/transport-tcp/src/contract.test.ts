import { transportContract } from '@ts2p/transport-contract'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })

transportContract('tcp', () => ({ transport: tcp() }))
transportContract('tls', () => ({ transport: tls({ certificate }), dialer: tls({ ca: certificate.cert }) }))
