/** Bytes that do not follow the Noise protocol, or that somebody has changed on the way. They end their link. */
export class NoiseError extends Error {
  override readonly name = 'NoiseError'
  readonly code = 'NOISE'
  /** What was wrong, such as "a message was changed, left out, repeated or moved". */
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The encrypted link was ended (${reason}); nothing was taken from the bytes in question. If this happens again, ` +
        'check that the other side uses the same transport, and who can change what goes over the network between you.',
      options,
    )
    this.reason = reason
  }
}
