import type { Environment, Transport } from '@ts2p/base'
import { selfSignedCertificate, tcp, tls } from '@ts2p/transport-tcp'
import type { SelfSignedCertificate } from '@ts2p/transport-tcp'
import { secureWebsocket, websocket } from '@ts2p/transport-websocket'
import type { Encryption } from './base.ts'

export { selfSignedCertificate, tcp, tls }

/** Node's `os`, as far as it is used here: library packages are compiled without Node's types. */
interface Os {
  networkInterfaces(): Readonly<Record<string, readonly NetworkInterface[] | undefined>>
}

interface NetworkInterface {
  readonly address: string
  readonly family: string
  readonly internal: boolean
}

declare const process: { getBuiltinModule(name: 'os'): Os }

/** The transports of an encryption's name, the one to listen on first. */
export function transportsFor(encryption: Encryption, log: Environment['log']): readonly [Transport, ...Transport[]] {
  switch (encryption) {
    case 'Plaintext':
      return [tcp(), websocket()]
    case 'ws':
      return [websocket(), tcp()]
    case 'SSL':
    case 'wss': {
      // The names have always meant a certificate made on the spot, which nobody can check: who listens is told so.
      const certificate = async (): Promise<SelfSignedCertificate> => {
        const made = await selfSignedCertificate({ hosts: ['localhost'] })
        log('warn', made.warning)
        return made
      }
      const options = { certificate, verify: 'none' } as const
      return encryption === 'SSL' ? [tls(options), secureWebsocket(options)] : [secureWebsocket(options), tls(options)]
    }
  }
}

/** The IPv4 address of this machine on its network; without a network, 127.0.0.1. */
export function lanAddress(): string {
  const all = Object.values(process.getBuiltinModule('os').networkInterfaces()).flatMap((each) => each ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
