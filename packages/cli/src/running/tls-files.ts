import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Transport } from '@ts2p/base'
import { tls } from '@ts2p/transport-tcp'
import { secureWebsocket } from '@ts2p/transport-websocket'
import type { JoinAddress } from './address.ts'
import { FileError, UsageError } from '../failure.ts'

/** What the command line is told of TLS. */
export interface TlsArguments {
  /** Of a node that listens. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Whose certificates are trusted; undefined: whose the platform does. */
  readonly ca?: string
  readonly noise?: boolean
  readonly join?: readonly JoinAddress[]
}

/**
 * Whether the links of the network are encrypted by TLS: one of the options of TLS says so, or an address to join by.
 * @throws {UsageError} The options contradict each other.
 */
export function hasTls(options: TlsArguments): boolean {
  const { tlsCert, tlsKey, ca, noise, join = [] } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('A certificate needs its private key: give both --tls-cert and --tls-key, or none.')
  }
  const isWanted = tlsCert !== undefined || ca !== undefined || join.some(({ isTls }) => isTls)
  if (isWanted && noise) {
    throw new UsageError(
      'The links of a network are encrypted by TLS or by Noise: leave out --noise, or what says TLS.',
    )
  }
  return isWanted
}

/** TCP and WebSocket by TLS. @throws {FileError} A file cannot be read, or has not in it what it should. */
export function tlsTransports({ tlsCert, tlsKey, ca }: TlsArguments): readonly Transport[] {
  const authorities = ca === undefined ? {} : { ca: readCertificates(ca) }
  if (tlsCert === undefined || tlsKey === undefined) return [tls(authorities), secureWebsocket(authorities)]
  const certificate = { cert: readCertificates(tlsCert), key: readText(tlsKey) }
  try {
    // It fails here, with the name of the file, and not when somebody dials.
    createSecureContext(certificate)
  } catch (cause) {
    const problem = `it is not the private key of ${tlsCert}, as PEM without a passphrase (${(cause as Error).message}).`
    throw new FileError(tlsKey, problem, { cause })
  }
  return [tls({ certificate, ...authorities }), secureWebsocket({ certificate, ...authorities })]
}

/** The certificates in a file. @throws {FileError} There is none. */
function readCertificates(path: string): string {
  const text = readText(path)
  try {
    createSecureContext({ cert: text })
    return text
  } catch (cause) {
    const problem = `it has no certificate as PEM (${(cause as Error).message}). Give one that begins with BEGIN CERTIFICATE.`
    throw new FileError(path, problem, { cause })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new FileError(path, `it cannot be read (${(cause as Error).message}).`, { cause })
  }
}
