import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { ArgumentError, checkKnown } from '@ts2p/base'
import type { Certificate } from '@ts2p/base'

/** A certificate that nobody has vouched for. */
export interface SelfSignedCertificate extends Certificate {
  /** What it protects from, and what not: to be shown to whoever asked for it. */
  readonly warning: string
}

/** What a certificate is for. */
export interface SelfSignedCertificateOptions {
  /** Names and addresses that it is for, at least one. */
  readonly hosts: readonly string[]
  /** How long it is valid from now on; default 365. It counts from a day ago, for clocks that are slow. */
  readonly days?: number
}

const optionNames = Object.keys({
  hosts: true,
  days: true,
} satisfies Record<keyof SelfSignedCertificateOptions, true>)

const dayMs = 24 * 3600 * 1000

/**
 * Makes a self-signed certificate, which protects from someone who only listens on the way, and not from someone who
 * answers in the node's place: whoever dials must either be given this very certificate as `ca`, or trust anyone.
 * It vouches for its own hosts only: who is given it as `ca` does not make the node an authority for others.
 * @throws {ArgumentError} `hosts` is empty, or there is no such option.
 */
export async function selfSignedCertificate(options: SelfSignedCertificateOptions): Promise<SelfSignedCertificate> {
  checkKnown('options', options, optionNames)
  const { hosts, days = 365 } = options
  if (hosts.length === 0) throw new ArgumentError('hosts', 'a list of at least one name or address', hosts)
  const { generate } = await import('selfsigned')
  const nowMs = Date.now()
  // Of two trusted certificates of one name OpenSSL takes the first, and refuses the node that shows the other.
  const name = `ts2p ${randomUUID()}`
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    // A key of RSA takes up to a second to make, on an event loop that others wait for; this one takes milliseconds.
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - dayMs),
    notAfterDate: new Date(nowMs + days * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((each) =>
          isIP(each) ? { type: 7 as const, ip: each } : { type: 2 as const, value: each },
        ),
      },
    ],
  })
  return { key, cert, warning }
}

const warning =
  'This certificate is self-signed: it protects from those who only listen, not from those who answer in the place of ' +
  'the node. Give it to the others as `ca`, or use one of an authority.'
