import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { assertTerms, termDifferences } from './terms.ts'
import type { Term } from './terms.ts'
import { bytesFromText } from '../text.ts'
import { protocolVersion } from '../version.ts'

/** How a subnet's links are encrypted: not at all, by TLS, or by the Noise protocol with keys made for each link. */
export type Security = (typeof securities)[number]

/** How links can be protected. All transports of a node have the same, since it is part of its subnet. */
export const securities = ['plaintext', 'tls', 'noise'] as const

/** What nodes must have in common to talk. */
export interface SubnetTerms {
  readonly version: number
  /** SHA-256 of the application's description. */
  readonly descriptionHash: Uint8Array
  readonly security: Security
  /** Of the layers above the mesh, in ascending order of their names. */
  readonly terms: readonly Term[]
}

/** A subnet: nodes of different subnets refuse each other, and say why. */
export interface Subnet extends SubnetTerms {
  readonly description: string
  /** SHA-256 of all the terms, 32 bytes. */
  readonly hash: Uint8Array
  /** The hash in base58. */
  readonly id: string
}

/**
 * The subnet of an application. The description is any text; only its hash is ever sent.
 * @throws {RangeError} There are too many terms, two of one name, or one that is too long or holds a control character.
 */
export function createSubnet(options: {
  description: string
  security: Security
  /** In any order; default none. */
  terms?: readonly Term[]
}): Subnet {
  const { description, security } = options
  const terms = (options.terms ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  assertTerms(terms)
  const descriptionHash = sha256(bytesFromText(description))
  const named = terms.map(({ name, value }) => `${name}\0${value}\0`).join('')
  const hash = sha256(
    concatBytes(bytesFromText(`ts2p subnet\0${protocolVersion}\0${security}\0${named}`), descriptionHash),
  )
  return { version: protocolVersion, descriptionHash, security, terms, description, hash, id: base58.encode(hash) }
}

/** What keeps two nodes apart, in words for `ours`' owner; undefined when nothing does. */
export function subnetDifference(ours: SubnetTerms, theirs: SubnetTerms): string | undefined {
  const differences = [
    bytesToHex(ours.descriptionHash) === bytesToHex(theirs.descriptionHash) ? '' : 'the subnet descriptions differ',
    ours.security === theirs.security
      ? ''
      : `the transport security is ${ours.security} here and ${theirs.security} there`,
    ...termDifferences(ours.terms, theirs.terms),
  ].filter((difference) => difference !== '')
  return differences.length === 0 ? undefined : differences.join('; ')
}
