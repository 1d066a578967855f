import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import type { SignatureScheme } from '../identity/ed25519.ts'
import { equalBytes } from '../equal-bytes.ts'
import { bytesFromText } from '../text.ts'

/** Bytes of a hello's nonce. */
export const nonceBytes = 32
/** The fewest bytes of a network's secret: what is shorter could be guessed. */
export const secretBytesMin = 16

/** That the sender of a hello has the key it named and, in a closed network, the secret. */
export interface Proof {
  readonly kind: 'proof'
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array
  /** HMAC-SHA256 with the network's secret, 32 bytes; undefined in an open network. */
  readonly mac: Uint8Array | undefined
}

/** What a proof is about: one conversation, on one channel, in one direction. */
export interface HandshakeContext {
  /** The payloads of both hellos as they were sent. They hold a fresh nonce each, so that no proof is good twice. */
  readonly dialerHello: Uint8Array
  readonly acceptorHello: Uint8Array
  /** What only the two ends of the encrypted channel know; undefined if one of them does not know it. */
  readonly channelBinding: Uint8Array | undefined
}

/** Who proves: what one side has said cannot be said back to it. */
export type Role = 'dialer' | 'acceptor'

/**
 * The bytes that are signed: `ts2p handshake v1`, a byte for the role (0: dialer, 1: acceptor), SHA-256 of each hello's
 * payload, the dialer's first, and SHA-256 of the channel binding (of nothing where there is none). Whoever
 * changes a hello on the way, or puts itself between two channels, makes the two sides sign different bytes (RFC 5056).
 */
export function proofMessage(context: HandshakeContext, role: Role): Uint8Array {
  return concatBytes(
    bytesFromText('ts2p handshake v1'),
    Uint8Array.of(role === 'dialer' ? 0 : 1),
    sha256(context.dialerHello),
    sha256(context.acceptorHello),
    sha256(context.channelBinding ?? new Uint8Array(0)),
  )
}

/** Makes the proof of one side. */
export function prove(
  context: HandshakeContext,
  prover: { role: Role; sign: (message: Uint8Array) => Uint8Array; secret: Uint8Array | undefined },
): Proof {
  const message = proofMessage(context, prover.role)
  const mac = prover.secret && hmac(sha256, prover.secret, message)
  return { kind: 'proof', signature: prover.sign(message), mac }
}

/** What is wrong with the other side's proof; undefined: nothing. */
export function proofFault(
  proof: Proof,
  context: HandshakeContext,
  prover: { role: Role; publicKey: Uint8Array; secret: Uint8Array | undefined; ed25519: SignatureScheme },
): 'unproven' | 'another-secret' | undefined {
  const message = proofMessage(context, prover.role)
  if (!prover.ed25519.verify(proof.signature, message, prover.publicKey)) return 'unproven'
  if (!prover.secret) return undefined
  const mac = hmac(sha256, prover.secret, message)
  return proof.mac && equalBytes(proof.mac, mac) ? undefined : 'another-secret'
}
