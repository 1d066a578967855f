import type { Connection } from '@ts2p/base'
import { createCounters } from './mesh-metrics.ts'
import type { MeshCounters, MeshMetrics } from './mesh-metrics.ts'

/** What the links of a node carry. */
export class LinkMeter {
  readonly counters: MeshCounters = createCounters()
  readonly #links: () => Iterable<Connection>

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

  onUnlink({ traffic }: Connection): void {
    this.counters.bytesSent += traffic.sentBytes
    this.counters.bytesReceived += traffic.receivedBytes
  }
}
