import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { refusalOf } from './gate.ts'
import { nodeMetrics } from './node-metrics.ts'
import type { Inspected } from './node-metrics.ts'

/** Where and to whom a node is shown. */
export interface InspectOptions {
  /** On 127.0.0.1; default 0, any free one. */
  readonly port?: number
  /** What who asks must know, at least 16 characters; default: a new one of 32 random bytes. */
  readonly token?: string
}

/** A server that looks into a node. */
export interface Inspector {
  /** Where the metrics are. */
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

const tokenLengthMin = 16

/**
 * Serves what a node has counted, on 127.0.0.1 only, to those who know the token: `/metrics` as Prometheus reads it.
 * @throws {RangeError} The token is too short. @throws {Error} with `code` EADDRINUSE: the port is taken
 */
export async function inspect(node: Inspected, options: InspectOptions = {}): Promise<Inspector> {
  const { port: wanted = 0, token = randomBytes(32).toString('base64url') } = options
  if (token.length < tokenLengthMin) {
    throw new RangeError(
      `The token of an inspector must have at least ${tokenLengthMin} characters that nobody can guess.`,
    )
  }
  const registry = nodeMetrics(node)
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, { port, token })
    if (refusal) return answer(response, refusal.status, `${refusal.sentence}\n`)
    void serve(registry, request, response)
  })
  const port = await listen(server, wanted)
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(registry: Registry, { url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (new URL(url, 'http://127.0.0.1').pathname !== '/metrics') return answer(response, 404, 'There is /metrics.\n')
  try {
    answer(response, 200, await registry.metrics(), registry.contentType)
  } catch (error) {
    answer(response, 500, `The metrics could not be read: ${String(error)}\n`)
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
  response.end(text)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
