/** A port is taken by another program, or by another node of this one. */
export class AddressInUseError extends Error {
  override readonly name = 'AddressInUseError'
  readonly code = 'ADDRESS_IN_USE'
  readonly host: string
  readonly port: number

  constructor(address: { host: string; port: number }, options?: ErrorOptions) {
    super(
      `Cannot listen on ${address.host}:${address.port}: the port is in use. Choose another port, or port 0 for any that is free.`,
      options,
    )
    this.host = address.host
    this.port = address.port
  }
}

/** An address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code = 'LISTEN_FAILED'
  readonly host: string
  readonly port: number

  constructor(address: { host: string; port: number; reason: string }, options?: ErrorOptions) {
    super(`Cannot listen on ${address.host}:${address.port}: ${address.reason}.`, options)
    this.host = address.host
    this.port = address.port
  }
}

/** Nobody could be reached at an address. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  readonly code = 'UNREACHABLE'
  readonly host: string
  readonly port: number

  constructor(address: { host: string; port: number; reason: string }, options?: ErrorOptions) {
    super(
      `Cannot reach ${address.host}:${address.port}: ${address.reason}. Check that a node listens there and that the network lets you through.`,
      options,
    )
    this.host = address.host
    this.port = address.port
  }
}
