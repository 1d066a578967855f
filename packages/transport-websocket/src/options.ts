import { tlsOptionNames } from '@ts2p/base'
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

/** The names of the options of ws. */
export const optionNames: readonly string[] = Object.keys({
  allowOrigin: true,
} satisfies Record<keyof WebSocketOptions, true>)

/** The names of the options of wss. */
export const secureOptionNames: readonly string[] = [...optionNames, ...tlsOptionNames]
