/** Bytes that do not follow the protocol: whoever sent them is faulty, and the link that brought them closes. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code = 'PROTOCOL'
  /** What was wrong, such as "frame: 4294967295 bytes announced, 1052672 allowed". */
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(`The peer broke the protocol (${reason}). The link is closed; no data was taken from the message.`, options)
    this.reason = reason
  }
}
