import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { checkKnown, PendingLinks, plainHost } from '@ts2p/base'
import type { Link, Transport } from '@ts2p/base'
import { channelBindingOf, createTlsServer, openServer, reasonOf, tlsDialOptions } from '@ts2p/base/node'
import { WebSocket, WebSocketServer } from 'ws'
import type { ClientOptions } from 'ws'
import { optionNames, secureOptionNames } from './options.ts'
import type { SecureWebSocketOptions, WebSocketOptions } from './options.ts'
import { UnreachedLink } from './unreached-link.ts'
import { urlOf } from './url.ts'
import type { Platform } from './web-socket-like.ts'
import { WebSocketLink } from './websocket-link.ts'

/**
 * Longest message taken, bytes: what a stranger can make this node hold before anyone looks at it. Ours are half as
 * long; other implementations may put a whole frame into one.
 */
const messageBytesMax = 2 * 1024 * 1024
const common = { maxPayload: messageBytesMax, perMessageDeflate: false } as const
/** How long the opening of a WebSocket may take over HTTP, milliseconds. */
const handshakeMs = 10_000
/** A client has that long for its HTTP request. By default, Node checks for slow requests every 30 s. */
const serverOptions: ServerOptions = {
  headersTimeout: handshakeMs,
  requestTimeout: handshakeMs,
  connectionsCheckingInterval: 1000,
}

/** WebSockets without encryption. @throws {ArgumentError} There is no such option. */
export function websocket(options: WebSocketOptions = {}): Transport {
  checkKnown('options', options, optionNames)
  return {
    name: 'ws',
    security: 'plaintext',
    listen(host, port, onLink) {
      const server = createHttpServer(serverOptions, refuseHttp)
      acceptLinks(server, options, onLink)
      return openServer(server, { host, port })
    },
    dial: (host, port) => dial('ws', { host, port }, {}),
  }
}

/** WebSockets encrypted by TLS 1.3. @throws {ArgumentError} There is no such option. */
export function secureWebsocket(options: SecureWebSocketOptions = {}): Transport {
  checkKnown('options', options, secureOptionNames)
  const { certificate } = options
  return {
    name: 'wss',
    security: 'tls',
    async listen(host, port, onLink) {
      const server = await createTlsServer({ transport: 'wss', host, port, certificate }, (own) =>
        createHttpsServer({ ...serverOptions, ...own }, refuseHttp),
      )
      acceptLinks(server, options, onLink)
      return openServer(server, { host, port })
    },
    dial: (host, port) => dial('wss', { host, port }, tlsDialOptions(host, options)),
  }
}

function refuseHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'content-type': 'text/plain', connection: 'close, upgrade', upgrade: 'websocket' })
  response.end('This port speaks WebSocket only.\n')
}

function acceptLinks(server: Server | HttpsServer, options: WebSocketOptions, onLink: (link: Link) => void): void {
  const pending = new PendingLinks(onLink)
  server.on('connection', (socket) => pending.add(socket))
  const sockets = new WebSocketServer({
    ...common,
    server,
    clientTracking: false,
    verifyClient: ({ origin }: { origin?: string }, answer) => answer(isAllowed(origin, options), 403),
  })
  sockets.on('connection', (socket, { socket: beneath }) => {
    const remoteHost = plainHost(beneath.remoteAddress ?? '')
    const link = new WebSocketLink(socket, platformOf(socket, beneath), { remoteHost })
    pending.become(beneath, link)
    setImmediate(() => link.opened())
  })
  // The WebSocketServer passes on the errors of the server, to which openServer listens.
  sockets.on('error', () => undefined)
  server.on('clientError', (_error, socket) => socket.destroy())
}

/** A check that throws refuses: what it was given is whatever a stranger wrote into a header. */
function isAllowed(origin: string | undefined, { allowOrigin }: WebSocketOptions): boolean {
  if (allowOrigin === undefined) return true
  try {
    const verdict: unknown = allowOrigin(origin)
    // Nothing but true: a promise, which plain JavaScript may return, would let everyone in.
    return verdict === true
  } catch {
    return false
  }
}

function dial(scheme: 'ws' | 'wss', dialed: { host: string; port: number }, options: ClientOptions): Link {
  const { host, port } = dialed
  try {
    const socket = new WebSocket(urlOf(scheme, host, port), { ...common, ...options, handshakeTimeout: handshakeMs })
    const platform = platformOf(socket)
    // It comes before the opening, and is the one moment at which the library shows the socket beneath.
    socket.once('upgrade', (response) => (platform.beneath = response.socket))
    return new WebSocketLink(socket, platform, { remoteHost: host, dialed })
  } catch (error) {
    const reason = error instanceof Error ? failureReason(error) : String(error)
    return new UnreachedLink({ ...dialed, reason }, error)
  }
}

/** Says in plain words what an error of the library ws or of Node means. */
function failureReason(error: Error): string {
  const status = /^Unexpected server response: (\d+)$/.exec(error.message)?.[1]
  return status === undefined ? reasonOf(error) : `it answered with HTTP status ${status} instead of a WebSocket`
}

/** @param beneath the socket that the WebSocket stands on, as soon as it is known */
function platformOf(socket: WebSocket, beneath?: Socket): Platform & { beneath: Socket | undefined } {
  return {
    beneath,
    channelBinding() {
      return this.beneath && channelBindingOf(this.beneath)
    },
    remoteIp() {
      return this.beneath?.remoteAddress === undefined ? undefined : plainHost(this.beneath.remoteAddress)
    },
    send: (message, onSent) => socket.send(message, onSent),
    terminate: () => socket.terminate(),
    reasonOf: failureReason,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  }
}
