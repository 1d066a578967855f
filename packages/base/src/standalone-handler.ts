import type { BaseHandler } from './base-handler.ts'
import type { Connection } from './links/connection.ts'
import type { RefusedError } from './handshake/refused-error.ts'

/** Events of a socket that no layer stands on; 'close' of every socket. */
export interface BaseSocketEvents {
  link: [connection: Connection]
  unlink: [connection: Connection, error: Error | undefined]
  message: [connection: Connection, payload: Uint8Array]
  refused: [error: RefusedError]
  /** `close` was called: told once, in that call. Told also where a layer stands on the socket. */
  close: []
}

/** Turns what a socket has to tell into its events, when no layer stands on it. */
export function standaloneHandler(socket: {
  readonly tell: <E extends keyof BaseSocketEvents>(event: E, ...values: BaseSocketEvents[E]) => void
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void
}): BaseHandler {
  return {
    onLink: (connection) => socket.tell('link', connection),
    onUnlink: (connection, error) => socket.tell('unlink', connection, error),
    onMessage: (connection, flag, payload) => {
      if (flag === 'whisper') socket.tell('message', connection, payload.slice())
    },
    onWritable: () => undefined,
    onRefused: (error) => socket.tell('refused', error),
    onDialFailed: (address, error) => socket.log(error.message, { address }),
    onMaintenance: () => undefined,
    peerHints: () => [],
  }
}
