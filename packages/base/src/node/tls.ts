import { isIP } from 'node:net'
import type { Server } from 'node:tls'
import { ListenError } from '@ts2p/base'
import type { TlsOptions } from '@ts2p/base'

/** How long a TLS handshake may take, milliseconds. */
const handshakeMs = 10_000

/** TLS before 1.3 has no channel binding: an attacker who forced an older version could sit between two nodes unseen. */
const minVersion = 'TLSv1.3'

/** What a server of node:tls or node:https is created with. */
export interface TlsServerOptions {
  readonly key: string
  readonly cert: string
  readonly minVersion: 'TLSv1.3'
  readonly handshakeTimeout: number
}

/**
 * Creates a server that speaks TLS 1.3 with the certificate of the options.
 * @param listening.transport the transport's name, for the error
 * @throws {ListenError} There is no certificate, or it cannot be used.
 */
export async function createTlsServer<S extends Server>(
  listening: { transport: string; host: string; port: number; certificate: TlsOptions['certificate'] },
  create: (options: TlsServerOptions) => S,
): Promise<S> {
  const { transport, certificate, ...address } = listening
  if (!certificate) {
    const reason = `${transport} needs a certificate to listen: give the option certificate`
    throw new ListenError({ ...address, reason })
  }
  try {
    const { key, cert } = typeof certificate === 'function' ? await certificate() : certificate
    const server = create({ key, cert, minVersion, handshakeTimeout: handshakeMs })
    // A client that breaks off its handshake needs no handling: its link ends with its connection.
    server.on('tlsClientError', () => undefined)
    return server
  } catch (error) {
    const reason = `its certificate cannot be used (${error instanceof Error ? error.message : String(error)})`
    throw new ListenError({ ...address, reason }, { cause: error })
  }
}

/** How to connect to a host by TLS. */
export interface TlsDialOptions {
  readonly minVersion: 'TLSv1.3'
  readonly rejectUnauthorized: boolean
  readonly servername?: string
  readonly ca?: string | string[]
}

/** Returns what the connect functions of Node and of the library ws need to dial a host by TLS 1.3. */
export function tlsDialOptions(host: string, { ca, verify = 'authority' }: TlsOptions): TlsDialOptions {
  return {
    minVersion,
    rejectUnauthorized: verify === 'authority',
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  }
}
