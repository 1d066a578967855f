import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { checkKnown, ClosedError, systemEnvironment } from '@ts2p/base'
import { answer, answerFile, answerRefused } from './server/answer.ts'
import { strangerRefusal, tokenRefusal } from './server/gate.ts'
import { inspectOptionNames } from './inspect-options.ts'
import type { InspectOptions, Inspector } from './inspect-options.ts'
import type { Inspected } from './inspected.ts'
import { nodeMetrics } from './watching/node-metrics.ts'
import { pageFile } from './server/page-files.ts'
import { InspectorView } from './view.ts'

const tokenLengthMin = 16

/**
 * Serves what a node does, on 127.0.0.1 only, to those who know the token: a page that is a node of the network itself, and `/metrics` as
 * Prometheus reads it. It ends with the node.
 * @throws {ArgumentError} There is no such option. @throws {ClosedError} The node is closed.
 * @throws {RangeError} The token is too short. @throws {Error} with `code` EADDRINUSE: the port is taken
 * @throws {NotReadyError} The socket has a `persistence`, and has not been read yet: await its `ready` first.
 */
export async function inspect(node: Inspected, options: InspectOptions = {}): Promise<Inspector> {
  checkKnown('options', options, inspectOptionNames)
  const { port: wanted = 0, token = randomBytes(32).toString('base64url'), secret } = options
  const { environment = systemEnvironment(), page = true } = options
  if (node.isClosed) throw new ClosedError('inspect')
  if (token.length < tokenLengthMin) {
    throw new RangeError(
      `The token of an inspector must have at least ${tokenLengthMin} characters that nobody can guess.`,
    )
  }
  const registry = nodeMetrics(node)
  let view: InspectorView | undefined
  const server = createServer((request, response) => {
    const refusal = strangerRefusal(request, port)
    if (!refusal) return void serve({ registry, view, token }, request, response)
    view?.issues.add('inspector', 'warn', `A request to the inspector was refused. ${refusal.sentence}`)
    answerRefused(response, refusal)
  })
  const port = await listen(server, wanted)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= closeAll())
  const closeAll = async (): Promise<void> => {
    node.off('close', onNodeClosed)
    await view?.close()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  const onNodeClosed = (): void => void close()
  try {
    if (page) view = await InspectorView.open(node, { port, environment, secret })
    if (node.isClosed) throw new ClosedError('inspect')
    node.on('close', onNodeClosed)
  } catch (error) {
    await close()
    throw error
  }
  return {
    pageUrl: page ? `http://127.0.0.1:${port}/#${encodeURIComponent(token)}` : undefined,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
    token,
    log: (level, message) => {
      if (level === 'warn' || level === 'error') view?.issues.add('log', level, message)
    },
    close,
  }
}

async function serve(
  { registry, view, token }: { registry: Registry; view: InspectorView | undefined; token: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Not by URL, which throws at paths that anybody can ask for, such as `//`.
  const [pathname = '/'] = (request.url ?? '/').split('?')
  try {
    const file = view && (await pageFile(pathname))
    // The page holds nothing of the node: it asks for that, with the token.
    if (file) return answerFile(response, file, view.doorPort)
    const refusal = tokenRefusal(request, token)
    if (refusal) {
      view?.issues.add('inspector', 'warn', 'A request to the inspector came without the right token.')
      return answerRefused(response, refusal)
    }
    if (pathname === '/metrics') return answer(response, 200, await registry.metrics(), registry.contentType)
    if (view && pathname === '/node.json')
      return answer(response, 200, JSON.stringify(view.description), 'application/json')
    if (view && pathname === '/events') return view.stream(response)
    const paths = view ? '/, /metrics, /node.json and /events' : '/metrics'
    answer(response, 404, `There is ${paths}.\n`)
  } catch (error) {
    answer(response, 500, `It could not be read: ${String(error)}\n`)
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
