import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Manifest } from './manifest.ts'

/** What a client sends to publish one version. */
interface Publication {
  readonly name: string
  readonly versions: Readonly<Record<string, Manifest & { readonly dist: { readonly integrity: string } }>>
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

/** A version that was published: what the client said of it, and its tarball. */
export interface Release {
  readonly manifest: Manifest
  readonly tarball: Uint8Array
}

/**
 * A package registry that lives as long as this process: npm and pnpm publish to it and install from it. For packages
 * that were not published here it sends them to the registry that they would have used.
 */
export class MemoryRegistry {
  readonly #upstream: string
  readonly #server: Server
  readonly #releases = new Map<string, Map<string, Release>>()

  /** @param upstream address of the registry that has everything else, with its last slash */
  constructor(upstream: string) {
    this.#upstream = upstream
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => send(response, 400, { error: String(error) }))
    })
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Its address, with its last slash. */
  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('The registry is not listening.')
    return `http://127.0.0.1:${address.port}/`
  }

  /** The latest release of each package published here, by name. */
  get latest(): ReadonlyMap<string, Release> {
    const pairs = [...this.#releases].flatMap(([name, releases]) =>
      [...releases.values()].slice(-1).map((release) => [name, release] as const),
    )
    return new Map(pairs)
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname).slice(1)
    if (request.method === 'PUT') {
      this.#publish(path, (await json(request)) as Publication, response)
      return
    }
    const [name = '', file] = path.split('/-/')
    const releases = this.#releases.get(name)
    if (!releases) {
      response.writeHead(302, { location: this.#upstream + (request.url ?? '/').slice(1) }).end()
      return
    }
    if (file === undefined) {
      send(response, 200, this.#packument(name, releases))
      return
    }
    const release = [...releases.values()].find(({ manifest }) => fileOf(manifest) === file)
    if (release) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(release.tarball)
    else send(response, 404, { error: `There is no ${file} of ${name}.` })
  }

  #publish(name: string, publication: Publication, response: ServerResponse): void {
    const { versions, _attachments: attachments } = publication
    const [manifest] = Object.values(versions)
    const [attachment] = Object.values(attachments)
    if (!manifest || !attachment || manifest.name !== name) throw new Error(`This is no publication of ${name}.`)
    const tarball = Buffer.from(attachment.data, 'base64')
    if (manifest.dist.integrity !== integrityOf(tarball)) throw new Error(`The tarball of ${name} came damaged.`)
    const releases = this.#releases.get(name) ?? new Map<string, Release>()
    if (releases.has(manifest.version)) {
      send(response, 403, { error: `${name} ${manifest.version} is published and cannot be published again.` })
      return
    }
    releases.set(manifest.version, { manifest, tarball })
    this.#releases.set(name, releases)
    send(response, 201, { ok: true })
  }

  #packument(name: string, releases: ReadonlyMap<string, Release>): unknown {
    const versions = [...releases].map(([version, { manifest, tarball }]) => {
      const dist = {
        tarball: `${this.url}${name}/-/${fileOf(manifest)}`,
        integrity: integrityOf(tarball),
        shasum: createHash('sha1').update(tarball).digest('hex'),
      }
      return [version, { ...manifest, dist }] as const
    })
    return { name, 'dist-tags': { latest: versions.at(-1)?.[0] }, versions: Object.fromEntries(versions) }
  }
}

function fileOf({ name, version }: Manifest): string {
  return `${name.replace(/^@.*\//, '')}-${version}.tgz`
}

/** As npm writes it: the SHA-512 in base64. */
export function integrityOf(tarball: Uint8Array): string {
  return `sha512-${createHash('sha512').update(tarball).digest('base64')}`
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
