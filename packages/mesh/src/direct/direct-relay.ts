import type { Connection } from '@ts2p/base'
import { ProtocolError } from '@ts2p/protocol'
import type { Direct, DropReason, NodeId } from '@ts2p/protocol'
import { directFrame, hopsMax } from './direct-frame.ts'
import type { Routes } from './routes.ts'
import { Transmission } from '../transmission.ts'

/** Most pairs of nodes of which is remembered what was passed on last. */
const pairsMax = 4096

/** Passes on what is for other nodes. What it cannot pass on it drops, and tells the source why; it keeps no messages. */
export class DirectRelay {
  /** What was passed on last between two nodes, the pair that has exchanged nothing for longest first. */
  readonly #passed = new Map<string, Transmission>()
  readonly #hash: Uint8Array
  readonly #routes: Routes
  readonly #idOf: (hash: Uint8Array) => NodeId
  readonly #payloadBytesMax: number
  readonly #onDropped: () => void

  /**
   * @param options.hash of this node's key
   * @param options.payloadBytesMax most bytes of a frame's payload
   * @param options.onDropped a frame was dropped
   */
  constructor(options: {
    hash: Uint8Array
    routes: Routes
    idOf: (hash: Uint8Array) => NodeId
    payloadBytesMax: number
    onDropped: () => void
  }) {
    this.#hash = options.hash
    this.#routes = options.routes
    this.#idOf = options.idOf
    this.#payloadBytesMax = options.payloadBytesMax
    this.#onDropped = options.onDropped
  }

  /** Passes a frame on towards its target, or drops it. @throws {ProtocolError} No node sends it, since it cannot be passed on. */
  pass(direct: Direct, target: NodeId, from: Connection): void {
    const { dropped, messages, hopsLeft, acknowledgment, isProbe } = direct
    if (dropped?.reason === 'no-route') this.#routes.forget(this.#idOf(dropped.target), from.id)
    const link = this.#routes.linkTo(target)
    if (!link || link === from || hopsLeft === 0) return this.#drop(direct, 'no-route', from)
    const hops = { hopsLeft: Math.min(hopsLeft, hopsMax) - 1 }
    if (messages.size > 0 && link.isCongested) {
      this.#drop(direct, 'congested', from)
      // Acknowledgments pass a congested link: they are small, and without them messages are sent again in vain.
      const { source, time } = direct
      if (acknowledgment) link.send(directFrame({ source, target: direct.target, time, acknowledgment, ...hops }))
      return
    }
    const frame = directFrame({ ...direct, ...hops })
    // Encoded anew it is longer than it came if lists of one number were not packed.
    const { length } = frame.payload
    if (length > this.#payloadBytesMax)
      throw new ProtocolError(`${frame.flag}: a payload of ${length} bytes, ${this.#payloadBytesMax} allowed`)
    link.send(frame)
    const pair = `${this.#idOf(direct.source)} ${target}`
    if (messages.size > 0) this.#notePassed(pair, link)
    // The answer to a probe overtakes messages, and may be held up all the same.
    if (isProbe && (link.isReceiving || this.#passed.get(pair)?.isUnderWayOn(link)))
      this.#report(direct, 'congested', from)
  }

  /** Drops messages and probes, and tells their source. The source of an acknowledgment does not wait for anything. */
  #drop(direct: Direct, reason: DropReason, from: Connection): void {
    if (direct.messages.size === 0 && !direct.isProbe) return
    this.#onDropped()
    this.#report(direct, reason, from)
  }

  #report({ source, target, epoch, first, messages }: Direct, reason: DropReason, to: Connection): void {
    const dropped = { target, epoch, first, count: messages.size, reason }
    to.send(directFrame({ source: this.#hash, target: source, time: 0, dropped }))
  }

  #notePassed(pair: string, link: Connection): void {
    this.#passed.delete(pair)
    this.#passed.set(pair, new Transmission(link))
    const [oldest] = this.#passed.keys()
    if (this.#passed.size > pairsMax && oldest !== undefined) this.#passed.delete(oldest)
  }
}
