import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' }

/** No inline script, no eval, and nobody to talk to but nodes on this machine. */
const contentSecurityPolicy = "default-src 'none'; img-src data:; script-src 'self'; connect-src ws://127.0.0.1:*"

/** The page of `browser/`, built by vite as a user would, and served under a strict policy. */
export class PageServer {
  readonly #folder: string
  readonly #server: Server

  private constructor(folder: string, server: Server) {
    this.#folder = folder
    this.#server = server
  }

  static async start(): Promise<PageServer> {
    const folder = mkdtempSync(join(tmpdir(), 'ts2p-page-'))
    await build({
      root: fileURLToPath(new URL('../browser', import.meta.url)),
      configFile: false,
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true, target: 'es2023', modulePreload: false },
    })
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      const file = path === '/' ? '/index.html' : path
      const headers = { 'content-type': types[extname(file)] ?? 'text/plain', 'content-security-policy': contentSecurityPolicy }
      response.writeHead(200, headers).end(readFileSync(join(folder, file)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new PageServer(folder, server)
  }

  get url(): string {
    // A server on a port of an interface has an address of this form.
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/`
  }

  /** The scripts of the page. */
  scripts(): string {
    const assets = join(this.#folder, 'assets')
    return readdirSync(assets)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(assets, name), 'utf8'))
      .join('\n')
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
    rmSync(this.#folder, { recursive: true })
  }
}
