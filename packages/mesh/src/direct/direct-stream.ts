import type { CancelTimer, Connection } from '@ts2p/base'
import { hashFromNodeId } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { Reachability } from './reachability.ts'
import { RoundTrip } from './round-trip.ts'
import { SendWindow } from './send-window.ts'
import { LinkProgress } from '../link-progress.ts'

/** The messages of this node to one target, and what is known of the way there. */
export class DirectStream {
  readonly target: NodeId
  /** SHA-256 of the target's key, 32 bytes. */
  readonly hash: Uint8Array
  readonly window: SendWindow
  readonly roundTrip: RoundTrip = new RoundTrip()
  readonly reachability: Reachability = new Reachability()
  /** The link by which its messages were sent last. */
  via: Connection | undefined
  #sent: LinkProgress | undefined
  /** The timer that runs, and when it is due, monotonic milliseconds. */
  timer: { readonly dueAt: number; readonly cancel: CancelTimer } | undefined

  /** @param options.payloadBytesMax most bytes of a frame's payload */
  constructor(target: NodeId, options: { readonly epoch: number; readonly payloadBytesMax: number }) {
    this.target = target
    this.hash = hashFromNodeId(target)
    this.window = new SendWindow(options)
  }

  /** Messages were sent to the target by this link. */
  recordSent(link: Connection): void {
    this.#sent = new LinkProgress(link)
  }

  /** Whether this link still transmits what was sent last, or receives a long frame. */
  isBusy(link: Connection): boolean {
    return link.isReceiving || this.#sent?.isUnderWayOn(link) === true
  }

  /** A handshake takes about two round trips: that is a bound until something is measured. */
  learnRoundTrip({ openedAt, establishedAt = openedAt }: Connection): void {
    this.roundTrip.seed(establishedAt - openedAt)
  }
}
