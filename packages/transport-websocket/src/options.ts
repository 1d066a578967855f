/** Options on Node; browsers decide all this by themselves. */
export interface WebSocketOptions {
  /**
   * Whether a page of this origin (the header Origin; undefined from programs) may dial a listening node. Default every
   * one: a page of any site that somebody has open on a machine can then dial nodes that listen there.
   */
  readonly allowOrigin?: (origin: string | undefined) => boolean
}

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Options of wss on Node; browsers take the certificates that they trust. */
export interface SecureWebSocketOptions extends WebSocketOptions {
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
