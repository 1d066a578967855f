import { isIP } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { Server } from 'node:tls'
import { ListenError, PendingLinks } from '@ts2p/base'
import type { Transport } from '@ts2p/base'
import type { Certificate } from './certificate.ts'
import { dialSocket } from './dial-socket.ts'
import { openServer } from './open-server.ts'
import { TcpLink } from './tcp-link.ts'

/** Who this node is to others over TLS, and whom it trusts. */
export interface TlsOptions {
  /** Needed to listen: the certificate, or what makes one when listening begins. */
  readonly certificate?: Certificate | (() => Promise<Certificate>)
  /** Authorities that the certificate of a dialled node must come from, PEM. Default the platform's. */
  readonly ca?: string | readonly string[]
  /**
   * 'authority' (default): a dialled node must show a certificate of an authority for the host that was dialled.
   * 'none': any certificate is taken. The link is encrypted, but whoever can answer in the node's place can read it.
   */
  readonly verify?: 'authority' | 'none'
}

/** How long a TLS handshake may take, milliseconds. */
const handshakeMs = 10_000

/** TLS before 1.3 has no channel binding: whoever could force it would sit between two nodes unseen. */
const minVersion = 'TLSv1.3'

/** TCP encrypted by TLS 1.3. */
export function tls(options: TlsOptions): Transport {
  const { certificate, ca, verify = 'authority' } = options
  return {
    name: 'tls',
    security: 'tls',
    async listen(host, port, onLink) {
      const server = await serverWith(certificate, { host, port })
      const pending = new PendingLinks(onLink)
      server.on('connection', (socket) => pending.add(socket))
      server.on('secureConnection', (socket) =>
        pending.become(socket, new TcpLink(socket, { openEvent: 'secureConnect' })),
      )
      // The link of a client that breaks off its handshake ends with its connection; there is nothing more to tell.
      server.on('tlsClientError', () => undefined)
      return openServer(server, { host, port })
    },
    dial(host, port) {
      const socket = dialSocket(() =>
        connect({
          host,
          port,
          minVersion,
          rejectUnauthorized: verify === 'authority',
          ...(isIP(host) ? {} : { servername: host }),
          ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
        }),
      )
      return new TcpLink(socket, { openEvent: 'secureConnect', dialled: { host, port } })
    },
  }
}

/** @throws {ListenError} There is no certificate, or none that can be used. */
async function serverWith(
  certificate: TlsOptions['certificate'],
  address: { host: string; port: number },
): Promise<Server> {
  if (!certificate) {
    throw new ListenError({ ...address, reason: 'TLS needs a certificate to listen: give the option certificate' })
  }
  try {
    const { key, cert } = typeof certificate === 'function' ? await certificate() : certificate
    return createServer({ key, cert, minVersion, handshakeTimeout: handshakeMs })
  } catch (error) {
    const reason = `its certificate cannot be used (${error instanceof Error ? error.message : String(error)})`
    throw new ListenError({ ...address, reason }, { cause: error })
  }
}
