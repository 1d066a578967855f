import { ts2p } from '../generated/handshake.js'
import { addressesOf } from './address.ts'
import type { Address } from './address.ts'
import { ProtocolError } from './errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, required } from './fields.ts'
import { nodeKeyBytes } from './node-id.ts'
import { refusalName, refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { securities } from './subnet.ts'
import type { SubnetTerms } from './subnet.ts'

const raw = ts2p.v1.Handshake

/** Most addresses in a handshake; more would not fit its frame. */
export const handshakeAddressesMax = 32

/** Each side's first message. */
export interface Hello extends SubnetTerms {
  readonly kind: 'hello'
  readonly nodeKey: Uint8Array
  /** Numbers of the compressions that the sender undoes. */
  readonly compressions: readonly number[]
  /** Where the sender can be dialled; an empty host stands for the one that the receiver sees. */
  readonly addresses: readonly Address[]
  readonly requiredFeatures: readonly number[]
}

/** Each side's second message. */
export interface Verdict {
  readonly kind: 'verdict'
  /** Undefined: accepted. */
  readonly refusal: Refusal | undefined
  /** With 'full': whom to try instead. */
  readonly alternatives: readonly Address[]
}

/** A message of the handshake. */
export type HandshakeMessage = Hello | Verdict

export function encodeHandshake(message: HandshakeMessage): Uint8Array {
  if (message.kind === 'verdict') {
    const verdict = {
      refusal: message.refusal ? refusals[message.refusal] : 0,
      alternatives: [...message.alternatives],
    }
    return plainView(raw.encode({ verdict }).finish())
  }
  const hello = {
    version: message.version,
    descriptionHash: message.descriptionHash,
    security: message.security,
    leaseSeconds: message.leaseSeconds ?? null,
    nodeKey: message.nodeKey,
    compressions: [...message.compressions],
    addresses: [...message.addresses],
    requiredFeatures: [...message.requiredFeatures],
  }
  return plainView(raw.encode({ hello }).finish())
}

/** @throws {ProtocolError} The payload is not a message of the handshake. */
export function decodeHandshake(payload: Uint8Array): HandshakeMessage {
  const { hello, verdict } = decoding('handshake', () => raw.decode(payload))
  if (verdict) {
    return {
      kind: 'verdict',
      refusal: refusalName(verdict.refusal ?? 0),
      alternatives: addressesOf(verdict.alternatives, 'verdict.alternatives', handshakeAddressesMax),
    }
  }
  const { version, descriptionHash, security, leaseSeconds, nodeKey, compressions, addresses, requiredFeatures } =
    required(hello, 'handshake')
  const knownSecurity = securities.find((name) => name === security)
  if (!knownSecurity) throw new ProtocolError(`hello.security: none of ${securities.join(', ')}`)
  return {
    kind: 'hello',
    version: integerOf(version, 'hello.version'),
    descriptionHash: bytesOf(descriptionHash, 'hello.description_hash', 32),
    security: knownSecurity,
    leaseSeconds: leaseSeconds ?? undefined,
    nodeKey: bytesOf(nodeKey, 'hello.node_key', nodeKeyBytes),
    compressions: [...listOf(compressions, 'hello.compressions', 16)],
    addresses: addressesOf(addresses, 'hello.addresses', handshakeAddressesMax),
    requiredFeatures: [...listOf(requiredFeatures, 'hello.required_features', 64)],
  }
}
