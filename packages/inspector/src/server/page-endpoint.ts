import type { Link, LinkHandler } from '@ts2p/base'

/** The links that came by a door, so that they end with it. */
export class PageEndpoint {
  readonly #open = new Set<Link>()

  /** The link as it is given on. */
  watched(link: Link): Link {
    this.#open.add(link)
    return new WatchedLink(link, () => this.#open.delete(link))
  }

  /** Ends all that there are. */
  destroy(): void {
    for (const link of this.#open) link.destroy()
  }
}

/** A link that tells when it has ended. */
class WatchedLink implements Link {
  readonly #link: Link
  readonly #onEnd: () => void

  constructor(link: Link, onEnd: () => void) {
    this.#link = link
    this.#onEnd = onEnd
  }

  get remoteHost(): string {
    return this.#link.remoteHost
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  attach(handler: LinkHandler): void {
    this.#link.attach({
      onOpen: () => handler.onOpen(),
      onData: (chunk) => handler.onData(chunk),
      onDrain: () => handler.onDrain(),
      onClose: (error) => {
        this.#onEnd()
        handler.onClose(error)
      },
    })
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#link.write(chunks)
  }

  pause(): void {
    this.#link.pause()
  }

  resume(): void {
    this.#link.resume()
  }

  close(): void {
    this.#link.close()
  }

  destroy(): void {
    this.#link.destroy()
  }
}
