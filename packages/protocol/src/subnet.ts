import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { bytesFromText } from './text.ts'
import { protocolVersion } from './version.ts'

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
  /** Undefined: no dictionary. 0: a dictionary without leases. Else the length of a lease. */
  readonly leaseSeconds: number | undefined
  /** Whether the dictionary's records are signed by their owners. */
  readonly isSigned: boolean
}

/** A subnet: nodes of different subnets refuse each other, and say why. */
export interface Subnet extends SubnetTerms {
  readonly description: string
  /** SHA-256 of all the terms, 32 bytes. */
  readonly hash: Uint8Array
  /** The hash in base58. */
  readonly id: string
}

/** The subnet of an application. The description is any text; only its hash is ever sent. */
export function createSubnet(options: {
  description: string
  security: Security
  leaseSeconds?: number | undefined
  /** Default false. */
  isSigned?: boolean | undefined
}): Subnet {
  const terms: SubnetTerms = {
    version: protocolVersion,
    descriptionHash: sha256(bytesFromText(options.description)),
    security: options.security,
    leaseSeconds: options.leaseSeconds,
    isSigned: options.isSigned ?? false,
  }
  const hash = sha256(
    concatBytes(
      bytesFromText(
        `ts2p subnet\0${terms.version}\0${terms.security}\0${terms.leaseSeconds ?? 'none'}\0${signing(terms)}\0`,
      ),
      terms.descriptionHash,
    ),
  )
  return { ...terms, description: options.description, hash, id: base58.encode(hash) }
}

/** What keeps two nodes apart, in words for `ours`' owner; undefined when nothing does. */
export function subnetDifference(ours: SubnetTerms, theirs: SubnetTerms): string | undefined {
  const differences = [
    bytesToHex(ours.descriptionHash) === bytesToHex(theirs.descriptionHash) ? '' : 'the subnet descriptions differ',
    ours.security === theirs.security
      ? ''
      : `the transport security is ${ours.security} here and ${theirs.security} there`,
    ours.leaseSeconds === theirs.leaseSeconds
      ? ''
      : `${leasing(ours.leaseSeconds)} here and ${leasing(theirs.leaseSeconds)} there`,
    ours.isSigned === theirs.isSigned ? '' : `records are ${signing(ours)} here and ${signing(theirs)} there`,
  ].filter((difference) => difference !== '')
  return differences.length === 0 ? undefined : differences.join('; ')
}

function leasing(leaseSeconds: number | undefined): string {
  if (leaseSeconds === undefined) return 'there is no dictionary'
  return leaseSeconds === 0 ? 'leasing is off' : `leases last ${leaseSeconds} s`
}

function signing({ isSigned }: { readonly isSigned: boolean }): string {
  return isSigned ? 'signed' : 'unsigned'
}
