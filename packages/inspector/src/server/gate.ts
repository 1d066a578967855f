import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is turned away: status and sentence. */
export interface RequestRefusal {
  readonly status: 401 | 403 | 405
  readonly sentence: string
}

/** The names by which a server on 127.0.0.1 may be asked. */
function hostsOf(port: number): readonly [string, string] {
  return [`127.0.0.1:${port}`, `localhost:${port}`]
}

/**
 * Who may ask a server on 127.0.0.1. Any page in a browser can send it requests, and by a name of its own that resolves to 127.0.0.1
 * could also read the answers: so the Host must be this machine's, and the Origin, if there is one, this server's.
 * @returns undefined: the request may pass
 */
export function strangerRefusal(request: IncomingMessage, port: number): RequestRefusal | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers
  const hosts = hostsOf(port)
  if (!hosts.includes(host)) return { status: 403, sentence: `Ask by http://${hosts[0]}/, not by another name.` }
  if (origin !== undefined && !isOrigin(origin, port)) {
    return { status: 403, sentence: 'Pages of other sites may not ask.' }
  }
  // A link on another site may lead here: that shows a page, and tells the other site nothing.
  const isOurs = site === undefined || site === 'same-origin' || site === 'none'
  if (!isOurs && mode !== 'navigate') return { status: 403, sentence: 'Pages of other sites may not ask.' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, sentence: 'Only GET is answered.' }
  return undefined
}

/** Whether an Origin is that of the server itself. */
export function isOrigin(origin: string | undefined, port: number): boolean {
  return hostsOf(port).some((host) => origin === `http://${host}`)
}

/** Whether a request brings the token. @returns undefined: it does */
export function tokenRefusal({ headers }: IncomingMessage, token: string): RequestRefusal | undefined {
  const [, given = ''] = /^bearer +(.+)$/i.exec(headers.authorization ?? '') ?? []
  if (isSame(given, token)) return undefined
  return { status: 401, sentence: 'Give the token that the node told: Authorization: Bearer <token>.' }
}

/** Compares in a time that tells nothing. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
