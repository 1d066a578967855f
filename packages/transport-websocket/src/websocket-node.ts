import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { isIP } from 'node:net'
import { AddressInUseError, ListenError } from '@ts2p/base'
import type { Link, Listener, Transport } from '@ts2p/base'
import { WebSocket, WebSocketServer } from 'ws'
import type { ClientOptions } from 'ws'
import type { SecureWebSocketOptions, WebSocketOptions } from './options.ts'
import { urlOf } from './url.ts'
import type { Platform } from './web-socket-like.ts'
import { WebSocketLink } from './websocket-link.ts'

/** Longest message taken, bytes. The frames inside are checked by the socket that stands on the link. */
const maxPayload = 16 * 1024 * 1024
/** How long a client may take for its HTTP request, milliseconds. */
const requestMs = 10_000
const common = { maxPayload, perMessageDeflate: false } as const

/** WebSockets without encryption. */
export function websocket(options: WebSocketOptions = {}): Transport {
  return {
    name: 'ws',
    security: 'plaintext',
    listen: (host, port, onLink) => listen(createHttpServer(serverTimes, refuseHttp), { host, port }, options, onLink),
    dial: (host, port) => dial('ws', host, port, {}),
  }
}

/** WebSockets encrypted by TLS. */
export function secureWebsocket(options: SecureWebSocketOptions = {}): Transport {
  const { certificate, ca, verify = 'authority' } = options
  return {
    name: 'wss',
    security: 'tls',
    async listen(host, port, onLink) {
      if (!certificate) throw new ListenError({ host, port, reason: 'wss needs a certificate to listen: give the option certificate' })
      const { key, cert } = typeof certificate === 'function' ? await certificate() : certificate
      return listen(createHttpsServer({ ...serverTimes, key, cert }, refuseHttp), { host, port }, options, onLink)
    },
    dial: (host, port) =>
      dial('wss', host, port, {
        rejectUnauthorized: verify === 'authority',
        ...(isIP(host) ? {} : { servername: host }),
        ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
      }),
  }
}

const serverTimes = { headersTimeout: requestMs, requestTimeout: requestMs }

function refuseHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
  response.end('This port speaks WebSocket only.\n')
}

function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  { allowOrigin = () => true }: WebSocketOptions,
  onLink: (link: Link) => void,
): Promise<Listener> {
  const sockets = new WebSocketServer({
    ...common,
    server,
    verifyClient: ({ origin }: { origin?: string }) => allowOrigin(origin),
  })
  sockets.on('connection', (socket, { socket: { remoteAddress = '' } }) => {
    const link = new WebSocketLink(socket, platformOf(socket), { remoteHost: remoteAddress.replace(/^::ffff:/, '') })
    onLink(link)
    setImmediate(() => link.opened())
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('tlsClientError', () => undefined)
  return new Promise((resolve, reject) => {
    // The WebSocketServer passes the HTTP server's errors on, while listening and later.
    sockets.on('error', (error: Error & { code?: string }) => reject(listenErrorOf(error, { host, port })))
    server.listen({ host, port }, () => {
      const bound = server.address()
      const isBound = bound !== null && typeof bound === 'object'
      resolve({ host, port: isBound ? bound.port : port, close: () => closed(server) })
    })
  })
}

function listenErrorOf(error: Error & { code?: string }, address: { host: string; port: number }): Error {
  if (error.code === 'EADDRINUSE') return new AddressInUseError(address, { cause: error })
  return new ListenError({ ...address, reason: error.message }, { cause: error })
}

/** Resolves once no new link is accepted; close() itself would wait for the links that there are. */
function closed(server: Server): Promise<void> {
  server.close()
  return new Promise((resolve) => setImmediate(resolve))
}

function dial(scheme: 'ws' | 'wss', host: string, port: number, options: ClientOptions): Link {
  const socket = new WebSocket(urlOf(scheme, host, port), { ...common, ...options, handshakeTimeout: requestMs })
  return new WebSocketLink(socket, platformOf(socket), { remoteHost: host, dialled: { host, port } })
}

function platformOf(socket: WebSocket): Platform {
  return {
    send: (message, onSent) => socket.send(message, onSent),
    terminate: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  }
}
