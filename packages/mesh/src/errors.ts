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

/** A request got no answer in time. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError'
  readonly code = 'REQUEST_TIMEOUT'
  readonly target: NodeId
  /** Whether its node has acknowledged it. */
  readonly isReceived: boolean

  constructor(target: NodeId, { waitedMs, isReceived }: { waitedMs: number; isReceived: boolean }) {
    super(
      isReceived
        ? `Node ${target} has the request and did not answer within ${waitedMs} ms. Its application must call reply() on the message; if it needs longer, raise timeoutMs.`
        : `Node ${target} did not acknowledge the request within ${waitedMs} ms: it is busy, or the way there is slow. Raise timeoutMs, or send less at once.`,
    )
    this.target = target
    this.isReceived = isReceived
  }
}

/** A node has no handler for a procedure that it was to call. */
export class NoHandlerError extends Error {
  override readonly name = 'NoHandlerError'
  readonly code = 'NO_HANDLER'
  readonly target: NodeId
  readonly procedure: string

  constructor(target: NodeId, procedure: string) {
    super(`Node ${target} has no handler for ${JSON.stringify(procedure)}. Register one there: handle(name, handler).`)
    this.target = target
    this.procedure = procedure
  }
}

/** A handler of another node failed while it handled a request. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly code = 'REMOTE'
  readonly target: NodeId
  /** Name and message of the error there. */
  readonly remoteName: string
  readonly remoteMessage: string

  constructor(target: NodeId, remote: { name: string; message: string }) {
    super(`The handler of node ${target} failed with ${remote.name}: ${remote.message}`)
    this.target = target
    this.remoteName = remote.name
    this.remoteMessage = remote.message
  }
}

/** A channel with terms was opened after this node's subnet was known to others, or to the application. */
export class TermsFixedError extends Error {
  override readonly name = 'TermsFixedError'
  readonly code = 'TERMS_FIXED'
  /** The name of the channel. */
  readonly channel: string

  constructor(channel: string) {
    super(
      `The channel ${channel} has terms, which are part of the subnet: open it before listen() and connect(), and before subnet is read.`,
    )
    this.channel = channel
  }
}
