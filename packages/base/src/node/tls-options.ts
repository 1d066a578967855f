/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** The certificate that this node shows over TLS, and the certificates that it accepts. */
export interface TlsOptions {
  /** Needed to listen: the certificate, or a function that makes one when listening begins. */
  readonly certificate?: Certificate | (() => Promise<Certificate>)
  /** Authorities that must have signed the certificate of a dialed node, PEM. Default: the platform's. */
  readonly ca?: string | readonly string[]
  /**
   * 'authority' (default): a dialed node must show a certificate that an authority has signed for the dialed host.
   * 'none': every certificate is accepted. The link is encrypted, but anyone who can answer in the node's place can read it.
   */
  readonly verify?: 'authority' | 'none'
}

/** The names of the options of TLS. */
export const tlsOptionNames: readonly string[] = Object.keys({
  certificate: true,
  ca: true,
  verify: true,
} satisfies Record<keyof TlsOptions, true>)
