import { ts2p } from '../../generated/handshake.js'
import { addressesOf, addressesPerNodeMax } from './address.ts'
import type { Address } from './address.ts'
import { ProtocolError } from '../errors.ts'
import { signatureBytes } from '../identity/ed25519.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, required, timeOf } from '../field-checks.ts'
import { nonceBytes } from './handshake-proof.ts'
import type { Proof } from './handshake-proof.ts'
import { nodeKeyBytes } from '../identity/node-id.ts'
import { refusalName, refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { securities } from './subnet.ts'
import { assertTerms, termsMax } from './terms.ts'
import type { Term } from './terms.ts'
import type { SubnetTerms } from './subnet.ts'

const raw = ts2p.v1.Handshake

/** Most addresses that a verdict names; more would not fit its frame. */
export const handshakeAddressesMax = 32

/** Each side's first message. */
export interface Hello extends SubnetTerms {
  readonly kind: 'hello'
  readonly nodeKey: Uint8Array
  /** Numbers of the compressions that the sender undoes. */
  readonly compressions: readonly number[]
  /** Where the sender can be dialed; an empty host stands for the one that the receiver sees. */
  readonly addresses: readonly Address[]
  readonly requiredFeatures: readonly number[]
  /** 32 fresh random bytes. */
  readonly nonce: Uint8Array
  /** The sender knows the channel binding of the link. */
  readonly isChannelBound: boolean
  /** The sender wants the network's secret proven. */
  readonly isClosed: boolean
  /** The sender's clock, milliseconds since 1970. */
  readonly time: number
  /** The sender asks for a place though there may be none left: it has no link with any node, or has lost some. */
  readonly isHighPriority: boolean
}

/** Each side's last message. */
export interface HandshakeDecision {
  readonly kind: 'decision'
  /** Undefined: accepted. */
  readonly refusal: Refusal | undefined
  /** With 'full': whom to try instead. */
  readonly peerHints: readonly Address[]
}

/** A message of the handshake. */
export type HandshakeMessage = Hello | Proof | HandshakeDecision

/** A message of the handshake as bytes; `decodeHandshake` reads it. */
export function encodeHandshake(message: HandshakeMessage): Uint8Array {
  if (message.kind === 'decision') {
    const decision = {
      refusal: message.refusal ? refusals[message.refusal] : 0,
      peerHints: [...message.peerHints],
    }
    return plainView(raw.encode({ decision }).finish())
  }
  if (message.kind === 'proof') {
    const proof = { signature: message.signature, mac: message.mac ?? null }
    return plainView(raw.encode({ proof }).finish())
  }
  const hello = {
    version: message.version,
    descriptionHash: message.descriptionHash,
    security: message.security,
    terms: [...message.terms],
    nodeKey: message.nodeKey,
    compressions: [...message.compressions],
    addresses: [...message.addresses],
    requiredFeatures: [...message.requiredFeatures],
    nonce: message.nonce,
    channelBound: message.isChannelBound,
    closed: message.isClosed,
    time: message.time,
    highPriority: message.isHighPriority,
  }
  return plainView(raw.encode({ hello }).finish())
}

/** @throws {ProtocolError} The payload is not a message of the handshake. */
export function decodeHandshake(payload: Uint8Array): HandshakeMessage {
  const { hello, decision, proof } = decoding('handshake', () => raw.decode(payload))
  if (decision) {
    return {
      kind: 'decision',
      refusal: refusalName(decision.refusal ?? 0),
      peerHints: addressesOf(decision.peerHints, 'decision.peer_hints', handshakeAddressesMax),
    }
  }
  if (proof) {
    return {
      kind: 'proof',
      signature: bytesOf(proof.signature, 'proof.signature', signatureBytes),
      mac: proof.mac ? bytesOf(proof.mac, 'proof.mac', 32) : undefined,
    }
  }
  return helloFrom(required(hello, 'handshake'))
}

function helloFrom(hello: ts2p.v1.IHello): Hello {
  const security = securities.find((name) => name === hello.security)
  if (!security) throw new ProtocolError(`hello.security: none of ${securities.join(', ')}`)
  return {
    kind: 'hello',
    version: integerOf(hello.version, 'hello.version'),
    descriptionHash: bytesOf(hello.descriptionHash, 'hello.description_hash', 32),
    security,
    terms: termsOf(hello.terms),
    nodeKey: bytesOf(hello.nodeKey, 'hello.node_key', nodeKeyBytes),
    compressions: [...listOf(hello.compressions, 'hello.compressions', 16)],
    addresses: addressesOf(hello.addresses, 'hello.addresses', addressesPerNodeMax),
    requiredFeatures: [...listOf(hello.requiredFeatures, 'hello.required_features', 64)],
    nonce: bytesOf(hello.nonce, 'hello.nonce', nonceBytes),
    isChannelBound: hello.channelBound ?? false,
    isClosed: hello.closed ?? false,
    time: timeOf(hello.time, 'hello.time'),
    isHighPriority: hello.highPriority ?? false,
  }
}

function termsOf(list: ts2p.v1.ITerm[] | null | undefined): Term[] {
  const terms = listOf(list, 'hello.terms', termsMax).map(({ name, value }) => ({
    name: name ?? '',
    value: value ?? '',
  }))
  try {
    assertTerms(terms)
  } catch (error) {
    throw new ProtocolError(`hello.terms: ${error instanceof Error ? error.message : String(error)}`)
  }
  return terms
}
