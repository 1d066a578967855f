import { checkKnown, networkScope } from '@ts2p/base'
import type { Link, Transport } from '@ts2p/base'
import { optionNames, secureOptionNames } from './options.ts'
import type { SecureWebSocketOptions, WebSocketOptions } from './options.ts'
import { UnreachedLink } from './unreached-link.ts'
import { urlOf } from './url.ts'
import { readyStates } from './web-socket-like.ts'
import type { Platform, WebSocketLike } from './web-socket-like.ts'
import { WebSocketLink } from './websocket-link.ts'

/** What is used of a browser's WebSocket. */
type BrowserSocket = WebSocketLike & { send(message: Uint8Array<ArrayBuffer>): void }

// Globals of browsers, without the rest of the DOM.
declare const WebSocket: new (url: string) => BrowserSocket
declare const location: { readonly hostname: string } | undefined
declare const setTimeout: (callback: () => void, delayMs: number) => unknown

/** Browsers tell of no drain, so it is looked for while something waits, milliseconds. */
const drainMs = 20

/** WebSockets without encryption. @throws {ArgumentError} There is no such option. */
export function websocket(options: WebSocketOptions = {}): Transport {
  checkKnown('options', options, optionNames)
  return { name: 'ws', security: 'plaintext', dial: (host, port) => dial('ws', host, port) }
}

/** WebSockets encrypted by TLS. @throws {ArgumentError} There is no such option. */
export function secureWebsocket(options: SecureWebSocketOptions = {}): Transport {
  checkKnown('options', options, secureOptionNames)
  return { name: 'wss', security: 'tls', dial: (host, port) => dial('wss', host, port) }
}

function dial(scheme: 'ws' | 'wss', host: string, port: number): Link {
  const dialed = { host, port }
  try {
    const socket = new WebSocket(urlOf(scheme, host, port))
    return new WebSocketLink(socket, platformOf(socket), { remoteHost: host, dialed })
  } catch (error) {
    // Such as a page over https that dials ws.
    const reason = error instanceof Error ? error.message : String(error)
    return new UnreachedLink({ ...dialed, reason }, error)
  }
}

function platformOf(socket: BrowserSocket): Platform {
  let waiting: (() => void)[] = []
  const look = (): void => {
    // bufferedAmount keeps its value when the socket has closed: nothing to wait for.
    if (socket.readyState === readyStates.closed) return
    if (socket.bufferedAmount > 0) return void setTimeout(look, drainMs)
    const sent = waiting
    waiting = []
    for (const onSent of sent) onSent()
  }
  return {
    isPublicName: isPublicPage(),
    send(message, onSent) {
      socket.send(message)
      if (waiting.push(onSent) === 1) setTimeout(look, 0)
    },
    terminate: () => socket.close(),
    reasonOf: (error) => error.message,
  }
}

/** Whether the page comes from a public site: then the names of nodes are public ones too. A page of an intranet may dial its nodes by name. */
function isPublicPage(): boolean {
  return typeof location === 'object' && location.hostname !== '' && networkScope(location.hostname) === 'public'
}
