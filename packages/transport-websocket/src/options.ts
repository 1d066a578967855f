import type { TlsOptions } from '@ts2p/base'

/** Options on Node; browsers decide all this by themselves. */
export interface WebSocketOptions {
  /**
   * Whether a page of this origin (the header Origin; undefined from programs) may dial a listening node. Default every
   * one: a page of any site that somebody has open on a machine can then dial nodes that listen there.
   */
  readonly allowOrigin?: (origin: string | undefined) => boolean
}

/** Options of wss on Node; browsers take the certificates that they trust. */
export interface SecureWebSocketOptions extends WebSocketOptions, TlsOptions {}
