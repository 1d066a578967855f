import type { Link, LinkHandler } from '../links/transport.ts'

/**
 * A link that the platform has accepted before its encryption or upgrade is done; for transports. It counts as half-open from then on.
 * It opens when the link that it becomes opens, and sends nothing before.
 */
export class PendingLink implements Link {
  readonly remoteHost: string
  readonly #cut: () => void
  #handler: LinkHandler | undefined
  #link: Link | undefined
  #state: 'pending' | 'cut' | 'ended' = 'pending'
  #isPaused = false

  /** @param cut ends the connection beneath; `end` is called once it has ended */
  constructor(remoteHost: string, cut: () => void) {
    this.remoteHost = remoteHost
    this.#cut = cut
  }

  get channelBinding(): Uint8Array | undefined {
    return this.#link?.channelBinding
  }

  get bufferedBytes(): number {
    return this.#link?.bufferedBytes ?? 0
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#link?.write(chunks)
  }

  pause(): void {
    this.#isPaused = true
    this.#link?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#link?.resume()
  }

  close(): void {
    if (this.#link) this.#link.close()
    else this.destroy()
  }

  destroy(): void {
    if (this.#link) return this.#link.destroy()
    if (this.#state !== 'pending') return
    this.#state = 'cut'
    this.#cut()
  }

  /** This is what it becomes: a link that was made in this very turn. */
  become(link: Link): void {
    if (!this.#handler || this.#state !== 'pending') return link.destroy()
    this.#link = link
    link.attach(this.#handler)
    if (this.#isPaused) link.pause()
  }

  /** The connection beneath has ended. Of one that has become a link, that link tells. */
  end(): void {
    if (this.#link || this.#state === 'ended') return
    this.#state = 'ended'
    this.#handler?.onClose(undefined)
  }
}
