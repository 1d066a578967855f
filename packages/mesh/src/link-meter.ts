import type { Connection } from '@ts2p/base'
import { createCounters } from './mesh-metrics.ts'
import type { MeshCounters, MeshMetrics } from './mesh-metrics.ts'

/** What the links of a node carry, and whether they take more. */
export class LinkMeter {
  readonly counters: MeshCounters = createCounters()
  readonly #links: () => Iterable<Connection>
  #waiting: (() => void)[] = []

  constructor(links: () => Iterable<Connection>) {
    this.#links = links
  }

  read(): MeshMetrics {
    const links = [...this.#links()]
    const open = links.filter(({ isEstablished }) => isEstablished)
    const leafLinks = open.filter(({ peer }) => peer.addresses.length === 0).length
    const traffic = links.map((link) => link.traffic)
    return {
      ...this.counters,
      links: open.length,
      coreLinks: open.length - leafLinks,
      leafLinks,
      bytesSent: traffic.reduce((sum, { sentBytes }) => sum + sentBytes, this.counters.bytesSent),
      bytesReceived: traffic.reduce((sum, { receivedBytes }) => sum + receivedBytes, this.counters.bytesReceived),
    }
  }

  /** Resolves when no link is congested. */
  writable(): Promise<void> {
    if (!this.#isCongested()) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  /** A link takes data again. */
  onWritable(): void {
    if (this.#isCongested()) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  onUnlink({ traffic }: Connection): void {
    this.counters.bytesSent += traffic.sentBytes
    this.counters.bytesReceived += traffic.receivedBytes
    this.onWritable()
  }

  #isCongested(): boolean {
    for (const { isCongested } of this.#links()) if (isCongested) return true
    return false
  }
}
