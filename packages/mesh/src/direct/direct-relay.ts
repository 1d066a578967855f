import type { Connection } from '@ts2p/base'
import { identityFromKey } from '@ts2p/protocol'
import type { Direct, DirectContent, DropReason, Identity, NodeId } from '@ts2p/protocol'
import { directFrame, envelopeOf, hopsMax } from './direct-frame.ts'
import type { Signer } from '../signing/signer.ts'
import type { Routes } from './routes.ts'
import { sendCounted } from './internal-message-types.ts'
import { LinkProgress } from '../link-progress.ts'

/** Most pairs of nodes of which is remembered what was passed on last. */
const pairsMax = 4096

/** Passes on what is for other nodes. What it cannot pass on it drops, and tells the source why; it keeps no messages. */
export class DirectRelay {
  /** What was passed on last between two nodes, the pair that has exchanged nothing for longest first. */
  readonly #passed = new Map<string, LinkProgress>()
  readonly #identity: Pick<Identity, 'key'>
  readonly #signer: Signer | undefined
  readonly #routes: Routes
  readonly #idOf: (hash: Uint8Array) => NodeId
  readonly #idOfKey: (key: Uint8Array) => NodeId
  readonly #onDropped: () => void

  /**
   * @param options.signer undefined where messages are not signed
   * @param options.onDropped a frame was dropped
   */
  constructor(options: {
    identity: Pick<Identity, 'key'>
    signer: Signer | undefined
    routes: Routes
    idOf: (hash: Uint8Array) => NodeId
    idOfKey: (key: Uint8Array) => NodeId
    onDropped: () => void
  }) {
    this.#identity = options.identity
    this.#signer = options.signer
    this.#routes = options.routes
    this.#idOf = options.idOf
    this.#idOfKey = options.idOfKey
    this.#onDropped = options.onDropped
  }

  /**
   * Passes a frame on towards its target, or drops it.
   * @param content what is in it; undefined: no messages, and no question
   */
  pass(direct: Direct, content: DirectContent | undefined, target: NodeId, from: Connection): void {
    const { dropped, hopsLeft, acknowledgment } = direct
    const hasMessages = content !== undefined && content.messages.size > 0
    if (dropped?.reason === 'no-route') this.#routes.remove(this.#idOf(dropped.target), from.id)
    const link = this.#routes.linkTo(target)
    if (!link || link === from || hopsLeft === 0) return this.drop(direct, content, 'no-route', from)
    const passed = { ...direct, hopsLeft: Math.min(hopsLeft, hopsMax) - 1 }
    if (hasMessages && link.isCongested) {
      this.drop(direct, content, 'congested', from)
      // Acknowledgments pass a congested link: they are small, and without them messages are sent again in vain.
      const contentHash = this.#signer?.hashOf(direct.content)
      if (acknowledgment.length > 0) {
        link.send(envelopeOf({ ...passed, content: new Uint8Array(0), contentHash }, false))
      }
      return
    }
    sendCounted(link, envelopeOf(passed, hasMessages), content?.messages)
    const pair = `${this.#idOfKey(direct.source)} ${target}`
    if (hasMessages) this.#recordRoute(pair, link)
    // The answer to a probe overtakes messages, and may be held up all the same.
    if (content?.isProbe && (link.isReceiving || this.#passed.get(pair)?.isUnderWayOn(link)))
      this.#report(direct, content, 'congested', from)
  }

  /** Drops messages and probes, and tells their source. The source of an acknowledgment does not wait for anything. */
  drop(direct: Direct, content: DirectContent | undefined, reason: DropReason, from: Connection): void {
    if (!content) return
    this.#onDropped()
    this.#report(direct, content, reason, from)
  }

  /** The source believes it only of the link on which it has sent the messages, so that it needs no signature. */
  #report(
    { source, target }: Direct,
    { epoch, first, messages }: DirectContent,
    reason: DropReason,
    to: Connection,
  ): void {
    const dropped = { target, epoch, first, count: messages.size, reason }
    const parts = { source: this.#identity.key, target: identityFromKey(source).hash, time: 0, dropped }
    to.send(directFrame(parts))
  }

  #recordRoute(pair: string, link: Connection): void {
    this.#passed.delete(pair)
    this.#passed.set(pair, new LinkProgress(link))
    const [oldest] = this.#passed.keys()
    if (this.#passed.size > pairsMax && oldest !== undefined) this.#passed.delete(oldest)
  }
}
