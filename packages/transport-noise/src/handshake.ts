import { x25519 } from '@noble/curves/ed25519.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { tagBytes } from './cipher-state.ts'
import type { CipherState } from './cipher-state.ts'
import { NoiseError } from './noise-error.ts'
import { SymmetricState } from './symmetric-state.ts'

const protocolName = 'Noise_NN_25519_ChaChaPoly_SHA256'
const keyBytes = 32
const nothing = new Uint8Array(0)

/** Bytes of the two messages of a handshake without payloads. */
export const firstMessageBytes: number = keyBytes
export const secondMessageBytes: number = keyBytes + tagBytes

/** What a side brings to its handshake. */
export interface HandshakeInput {
  /** A secret X25519 key, 32 bytes of chance, for this handshake only. */
  readonly secret: Uint8Array
  /** What both sides must have in common before they begin. */
  readonly prologue: Uint8Array
  /** Sent along: in the clear by the side that begins, encrypted by the one that answers. Default nothing. */
  readonly payload?: Uint8Array
}

/** What a side has when its handshake is done. */
export interface Session {
  readonly send: CipherState
  readonly receive: CipherState
  /** The handshake hash h (section 11.2): equal on both sides, and of no other session. */
  readonly channelBinding: Uint8Array
  /** What the other side has sent along. */
  readonly payload: Uint8Array
}

/** A handshake that one's own first message has begun. */
export interface Initiation {
  readonly message: Uint8Array
  /** @throws {NoiseError} It is no answer to this message. */
  finish(answer: Uint8Array): Session
}

/** Begins a handshake of the pattern NN (→ e; ← e, ee). */
export function initiate({ secret, prologue, payload = nothing }: HandshakeInput): Initiation {
  const state = begin(prologue)
  const key = x25519.getPublicKey(secret)
  state.mixHash(key)
  const message = concatBytes(key, state.encryptAndHash(payload))
  return {
    message,
    finish(answer) {
      const { theirKey, rest } = cut(answer)
      state.mixHash(theirKey)
      state.mixKey(sharedSecret(secret, theirKey))
      const theirPayload = state.decryptAndHash(rest)
      const { initiator, responder } = state.split()
      return { send: initiator, receive: responder, channelBinding: state.hash, payload: theirPayload }
    },
  }
}

/**
 * Answers the first message of a handshake.
 * @throws {NoiseError} It is none.
 */
export function respond(first: Uint8Array, input: HandshakeInput): { message: Uint8Array; session: Session } {
  const { secret, prologue, payload = nothing } = input
  const state = begin(prologue)
  const { theirKey, rest } = cut(first)
  state.mixHash(theirKey)
  const theirPayload = state.decryptAndHash(rest)
  const key = x25519.getPublicKey(secret)
  state.mixHash(key)
  state.mixKey(sharedSecret(secret, theirKey))
  const message = concatBytes(key, state.encryptAndHash(payload))
  const { initiator, responder } = state.split()
  return {
    message,
    session: { send: responder, receive: initiator, channelBinding: state.hash, payload: theirPayload },
  }
}

function begin(prologue: Uint8Array): SymmetricState {
  const state = new SymmetricState(protocolName)
  state.mixHash(prologue)
  return state
}

function cut(message: Uint8Array): { theirKey: Uint8Array; rest: Uint8Array } {
  if (message.length < keyBytes) throw new NoiseError('a message of the handshake has no key in it')
  return { theirKey: message.subarray(0, keyBytes), rest: message.subarray(keyBytes) }
}

/** @throws {NoiseError} The other side's key is of small order: the secret would be no secret (section 12.1 allows this). */
function sharedSecret(secret: Uint8Array, theirKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(secret, theirKey)
  } catch (cause) {
    throw new NoiseError('the key of the other side is none', { cause })
  }
}
