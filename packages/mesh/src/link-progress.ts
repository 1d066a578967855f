import type { Connection } from '@ts2p/base'

/** What a link was given up to now, to see later whether it has passed all of that on. */
export class LinkProgress {
  readonly #link: Connection
  readonly #sentBytes: number

  constructor(link: Connection) {
    this.#link = link
    this.#sentBytes = link.traffic.sentBytes
  }

  /** Whether this link is still transmitting it. */
  isUnderWayOn(link: Connection): boolean {
    return link === this.#link && link.traffic.sentBytes - link.queuedBytes < this.#sentBytes
  }
}
