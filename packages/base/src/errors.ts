import { ProtocolError } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'

/** The socket was closed before or during the call. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
  readonly code = 'CLOSED'

  constructor(action: string) {
    super(`Cannot ${action}: the socket is closed. Create a new one.`)
  }
}

/** An argument is not what it must be. */
export class ArgumentError extends TypeError {
  override readonly name = 'ArgumentError'
  readonly code = 'ARGUMENT'
  /** The argument's name, or the path of a part of it, such as `options.port`. */
  readonly argument: string

  /** @param expectation - What it must be: the message says so, and what it is. */
  constructor(argument: string, expectation: string, value: unknown)
  /** @param message - The whole message, where it is no matter of the value. */
  constructor(argument: string, message: { readonly sentence: string })
  constructor(argument: string, fault: string | { readonly sentence: string }, value?: unknown) {
    super(typeof fault === 'string' ? `${argument} must be ${fault}, not ${describe(value)}.` : fault.sentence)
    this.argument = argument
  }
}

/** A call has waited as long as its `timeoutMs` says. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'TIMEOUT'
  readonly timeoutMs: number

  constructor(action: string, timeoutMs: number) {
    super(`Could not ${action} within ${timeoutMs} ms. Raise timeoutMs, or look into issues for what is wrong.`)
    this.timeoutMs = timeoutMs
  }
}

/** A handshake took longer than allowed, the other side hung up during it, or is no ts2p node. */
export class HandshakeFailedError extends Error {
  override readonly name = 'HandshakeFailedError'
  readonly code = 'HANDSHAKE_FAILED'
  readonly address: string

  constructor(address: string, reason: string, options?: ErrorOptions) {
    super(
      `No link with ${address}: ${reason}. Check that a ts2p node listens there, with the same transport and the same encryption.`,
      options,
    )
    this.address = address
  }
}

/** The error of a dial whose link ended during the handshake. @param error - With which the link ended. */
export function handshakeFailure(address: string, error: (Error & { readonly code?: unknown }) | undefined): Error {
  if (!error) return new HandshakeFailedError(address, 'it hung up during the handshake')
  if (error instanceof ProtocolError) {
    return new HandshakeFailedError(address, `it sent what no ts2p node sends (${error.reason})`, { cause: error })
  }
  if (typeof error.code === 'string') return error
  const reason = error.message.replace(/\.$/, '')
  return new HandshakeFailedError(address, `it ended the link during the handshake (${reason})`, { cause: error })
}

/** A peer was given up. */
export class PeerLostError extends Error {
  override readonly name = 'PeerLostError'
  readonly code = 'PEER_LOST'
  /**
   * 'silent': nothing came from it for longer than `deadMs`. 'slow': more than `sendQueueHardBytes` waited for it. 'unreachable': the node
   * that a message or request was for is not linked, and did not answer when all nodes were asked for it.
   */
  readonly reason: 'silent' | 'slow' | 'unreachable'
  /** Set if the reason is 'unreachable'. */
  readonly peerId: NodeId | undefined

  constructor(reason: 'silent' | 'slow')
  constructor(reason: 'unreachable', peerId: NodeId)
  constructor(reason: PeerLostError['reason'], peerId?: NodeId) {
    super(lossSentences[reason](peerId))
    this.reason = reason
    this.peerId = peerId
  }
}

const lossSentences: Readonly<Record<PeerLostError['reason'], (peerId: NodeId | undefined) => string>> = {
  silent: () =>
    'The peer was silent for longer than deadMs and was given up. It is dialed again if this node dialed it.',
  slow: () =>
    'The peer took data more slowly than it was sent, beyond sendQueueHardBytes, and was given up. It catches up when it returns.',
  unreachable: (peerId) =>
    `Node ${peerId} cannot be reached: it has left the network, or the network is divided. It may have received the message. Send again when it is back.`,
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `the BigInt ${value}`
  if (value === null || typeof value !== 'object') return String(value)
  return `an object of ${Object.getPrototypeOf(value)?.constructor?.name ?? 'no class'}`
}
