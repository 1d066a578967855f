import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { extname } from 'node:path'
import type { Pages } from './pages.ts'

/** No inline script or style, no eval, and nobody to talk to but nodes on this machine. */
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src ws://127.0.0.1:*"
const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
])

/** Serves pages under a strict policy. */
export class PageServer {
  readonly #server: Server

  constructor(pages: Pick<Pages, 'read'>) {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      const content = pages.read(pathname)
      response.setHeader('content-security-policy', contentSecurityPolicy)
      response.setHeader('content-type', types.get(extname(pathname)) ?? 'text/plain')
      response.writeHead(content ? 200 : 404).end(content)
    })
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Address of a page that is to join through the node on a port. */
  urlOf(name: string, nodePort: number): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('The server is not listening.')
    return `http://127.0.0.1:${address.port}/${name}#${nodePort}`
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
