import type { NodeId } from '@ts2p/protocol'

/** A message is longer than one frame may be. */
export class MessageTooLargeError extends RangeError {
  override readonly name = 'MessageTooLargeError'
  readonly code = 'MESSAGE_TOO_LARGE'
  readonly bytes: number
  readonly bytesMax: number

  constructor(size: { bytes: number; bytesMax: number }) {
    super(
      `The message has ${size.bytes} bytes, ${size.bytesMax} are allowed. Send it in parts, or raise the limit frameBytesMax on every node.`,
    )
    this.bytes = size.bytes
    this.bytesMax = size.bytesMax
  }
}

/** A reply did not reach its node in time. */
export class UndeliverableError extends Error {
  override readonly name = 'UndeliverableError'
  readonly code = 'UNDELIVERABLE'
  readonly target: NodeId

  constructor(target: NodeId, waitedMs: number) {
    super(
      `No receipt from node ${target} within ${waitedMs} ms: it has left the network, or the network is divided. Send again when it is back.`,
    )
    this.target = target
  }
}

/** A request got no answer in time, though its node may have received it. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError'
  readonly code = 'REQUEST_TIMEOUT'
  readonly target: NodeId

  constructor(target: NodeId, waitedMs: number) {
    super(
      `No answer from node ${target} within ${waitedMs} ms. Its application must call reply() on the message; if it needs longer, raise timeoutMs.`,
    )
    this.target = target
  }
}
