/** Multicast DNS cannot be used on this machine. The node itself is not affected. */
export class DiscoveryUnavailableError extends Error {
  override readonly name = 'DiscoveryUnavailableError'
  readonly code = 'DISCOVERY_UNAVAILABLE'
  /** The UDP port that was to be opened. */
  readonly port: number

  constructor(port: number, options: ErrorOptions) {
    super(
      `UDP port ${port} could not be opened for multicast DNS (${reasonOf(options.cause)}), so nobody is found by themselves. ` +
        'If another program holds the port for itself alone, end it; else give connect() an address.',
      options,
    )
    this.port = port
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause ? String(cause.code) : cause.message
}
