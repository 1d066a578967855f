import type { Link, Transport } from '@ts2p/base'
import type { SecureWebSocketOptions, WebSocketOptions } from './options.ts'
import { urlOf } from './url.ts'
import type { Platform, WebSocketLike } from './web-socket-like.ts'
import { WebSocketLink } from './websocket-link.ts'

// Globals of browsers, without the rest of the DOM.
declare const WebSocket: new (url: string) => WebSocketLike & { send(message: Uint8Array<ArrayBuffer>): void }
declare const setTimeout: (callback: () => void, delayMs: number) => unknown

/** Browsers tell of no drain, so it is looked for while something waits, milliseconds. */
const drainMs = 20

/** WebSockets without encryption. */
export function websocket(_options: WebSocketOptions = {}): Transport {
  return { name: 'ws', security: 'plaintext', dial: (host, port) => dial('ws', host, port) }
}

/** WebSockets encrypted by TLS. */
export function secureWebsocket(_options: SecureWebSocketOptions = {}): Transport {
  return { name: 'wss', security: 'tls', dial: (host, port) => dial('wss', host, port) }
}

function dial(scheme: 'ws' | 'wss', host: string, port: number): Link {
  const socket = new WebSocket(urlOf(scheme, host, port))
  let waiting: (() => void)[] = []
  const look = (): void => {
    if (socket.bufferedAmount > 0) return void setTimeout(look, drainMs)
    const sent = waiting
    waiting = []
    for (const onSent of sent) onSent()
  }
  const platform: Platform = {
    send(message, onSent) {
      socket.send(message)
      if (waiting.push(onSent) === 1) setTimeout(look, 0)
    },
    terminate: () => socket.close(),
  }
  return new WebSocketLink(socket, platform, { remoteHost: host, dialled: { host, port } })
}
