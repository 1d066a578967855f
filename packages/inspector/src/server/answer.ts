import type { ServerResponse } from 'node:http'
import type { RequestRefusal } from './gate.ts'
import type { PageFile } from './page-files.ts'

/** Headers of every answer: for this page only, kept nowhere, in no frame. */
function headersOf(type: string, policy: string): Record<string, string> {
  return {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; ${policy}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
}

/** Answers with a text. */
export function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  response.writeHead(status, { ...headersOf(type, ''), ...challenge }).end(text)
}

/** Turns a request away. */
export function answerRefused(response: ServerResponse, { status, sentence }: RequestRefusal): void {
  answer(response, status, `${sentence}\n`)
}

/** Answers with a file of the page, which may ask this server and dial the door, and nobody else. */
export function answerFile(response: ServerResponse, { bytes, type }: PageFile, doorPort: number): void {
  const policy = `script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://127.0.0.1:${doorPort}; `
  response.writeHead(200, headersOf(type, policy)).end(bytes)
}

/** Begins an answer that goes on. */
export function beginLines(response: ServerResponse): void {
  response.writeHead(200, headersOf('application/x-ndjson; charset=utf-8', ''))
}
