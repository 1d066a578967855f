import type { Connection } from '@ts2p/base'
import type { Direct, DropReason, NodeId } from '@ts2p/protocol'
import { directFrame, hopsMax } from './direct-frame.ts'
import type { Routes } from './routes.ts'

/** Passes on what is for other nodes. What it cannot pass on it drops, and tells the source why; it keeps nothing. */
export class DirectRelay {
  readonly #hash: Uint8Array
  readonly #routes: Routes
  readonly #idOf: (hash: Uint8Array) => NodeId
  readonly #onDropped: () => void

  /**
   * @param options.hash of this node's key
   * @param options.onDropped a frame was dropped
   */
  constructor(options: {
    hash: Uint8Array
    routes: Routes
    idOf: (hash: Uint8Array) => NodeId
    onDropped: () => void
  }) {
    this.#hash = options.hash
    this.#routes = options.routes
    this.#idOf = options.idOf
    this.#onDropped = options.onDropped
  }

  /** Passes a frame on towards its target, or drops it. */
  pass(direct: Direct, target: NodeId, from: Connection): void {
    const { dropped, messages, hopsLeft } = direct
    if (dropped?.reason === 'no-route') this.#routes.forget(this.#idOf(dropped.target), from.id)
    const link = this.#routes.linkTo(target)
    if (!link || link === from || hopsLeft === 0) return this.#drop(direct, 'no-route', from)
    // Acknowledgments pass a congested link: they are small, and without them messages are sent again in vain.
    if (messages.size > 0 && link.isCongested) return this.#drop(direct, 'congested', from)
    link.send(directFrame({ ...direct, hopsLeft: Math.min(hopsLeft, hopsMax) - 1 }))
  }

  /** Reports the loss of messages and probes to their source. The source of an acknowledgment does not wait for anything. */
  #drop({ source, target, epoch, first, messages, isProbe }: Direct, reason: DropReason, from: Connection): void {
    if (messages.size === 0 && !isProbe) return
    this.#onDropped()
    const dropped = { target, epoch, first, count: messages.size, reason }
    from.send(directFrame({ source: this.#hash, target: source, time: 0, dropped }))
  }
}
