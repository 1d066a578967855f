/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate that nobody has vouched for. */
export interface SelfSignedCertificate extends Certificate {
  /** What it protects from, and what not: to be shown to whoever asked for it. */
  readonly warning: string
}

/**
 * Makes a self-signed certificate, which protects from someone who only listens on the way, and not from someone who
 * answers in the node's place: whoever dials must either be given this very certificate as `ca`, or trust anyone.
 * @param options.hosts names and addresses that it is for
 * @param options.days how long it is valid; default 365
 */
export async function selfSignedCertificate(options: { hosts: readonly string[]; days?: number }): Promise<SelfSignedCertificate> {
  const { hosts, days = 365 } = options
  const { generate } = await import('selfsigned')
  const notBeforeDate = new Date()
  const notAfterDate = new Date(notBeforeDate.getTime() + days * 24 * 3600 * 1000)
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isAddress(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host })),
      },
    ],
  })
  return {
    key,
    cert,
    warning:
      'This certificate is self-signed: it protects from those who only listen, not from those who answer in the place of the node. Give it to the others as `ca`, or use one of an authority.',
  }
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':')
}
