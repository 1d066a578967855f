import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is turned away: status and sentence. */
export interface Refusal {
  readonly status: 401 | 403 | 405
  readonly sentence: string
}

/**
 * Who may ask a server on 127.0.0.1. Any page in a browser can send it requests, and by a name of its own that resolves to 127.0.0.1
 * could also read the answers: so the Host must be this machine's, the Origin, if there is one, this server's, and the token must be given.
 * @returns undefined: the request may pass
 */
export function refusalOf(
  request: IncomingMessage,
  { port, token }: { port: number; token: string },
): Refusal | undefined {
  const { host = '', origin, authorization = '', 'sec-fetch-site': site } = request.headers
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`)
  if (!hosts.includes(host)) return { status: 403, sentence: `Ask by http://${hosts[0]}/, not by another name.` }
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
    return { status: 403, sentence: 'Pages of other sites may not ask.' }
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, sentence: 'Pages of other sites may not ask.' }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, sentence: 'Only GET is answered.' }
  const [, given = ''] = /^bearer +(.+)$/i.exec(authorization) ?? []
  if (isSame(given, token)) return undefined
  return { status: 401, sentence: 'Give the token that the node told: Authorization: Bearer <token>.' }
}

/** Compares in a time that tells nothing. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
