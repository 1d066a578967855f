import type { Environment } from '@ts2p/base'

/** Where and to whom a node is shown. */
export interface InspectOptions {
  /** On 127.0.0.1; default 0, any free one. */
  readonly port?: number
  /** What who asks must know, at least 16 characters; default: a new one of 32 random bytes. */
  readonly token?: string
  /** Whether the page is served beside the metrics. Default true. */
  readonly page?: boolean
  /** The secret of a closed network, with which the page joins; default none. Whoever has the token can read it. */
  readonly secret?: string | Uint8Array
  /** Clock and timers; default the platform's. */
  readonly environment?: Environment
}

/** The names of the options of an inspector. */
export const inspectOptionNames: readonly string[] = Object.keys({
  port: true,
  token: true,
  page: true,
  secret: true,
  environment: true,
} satisfies Record<keyof InspectOptions, true>)

/** A server that looks into a node. */
export interface Inspector {
  /** The page, with the token behind the `#`, where no server and no log sees it; undefined without a page. */
  readonly pageUrl: string | undefined
  /** Where the metrics are. */
  readonly metricsUrl: string
  readonly token: string
  /** Shows a log entry, from 'warn' on, on the page: call it from the `log` of the node's environment. */
  readonly log: Environment['log']
  /** Ends it; called by itself when the node closes. */
  close(): Promise<void>
}
