import type { Address, NodeId, Refusal } from '@ts2p/protocol'

/** What is known of a refused link. */
export interface RefusedDetails {
  readonly refusal: Refusal
  /** Who refused: this node or the other. */
  readonly refusedBy: 'us' | 'them'
  /** Where the other is: as dialed, or the remote host of a link that was accepted. */
  readonly address: string
  /** What differs, where something does. */
  readonly difference?: string | undefined
  readonly peerId?: NodeId | undefined
  /** Whether the other side has proven that id. */
  readonly isProven?: boolean | undefined
  /** With 'full': whom to try instead. */
  readonly peerHints?: readonly Address[]
}

/** A handshake ended without a link. Both sides learn of it; the side that dialed gets it as a rejection. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: `REFUSED_${Uppercase<'another_subnet' | 'another_version' | 'oneself' | 'duplicate_link' | 'full' | 'not_allowed' | 'another_secret' | 'unproven' | 'other'>}`
  readonly refusal: Refusal
  readonly refusedBy: 'us' | 'them'
  readonly address: string
  readonly difference: string | undefined
  readonly peerId: NodeId | undefined
  readonly isProven: boolean
  readonly peerHints: readonly Address[]

  constructor(details: RefusedDetails) {
    super(sentence(details))
    this.code = codes[details.refusal]
    this.refusal = details.refusal
    this.refusedBy = details.refusedBy
    this.address = details.address
    this.difference = details.difference
    this.peerId = details.peerId
    this.isProven = details.isProven === true
    this.peerHints = details.peerHints ?? []
  }
}

const codes: Readonly<Record<Refusal, RefusedError['code']>> = {
  'another-subnet': 'REFUSED_ANOTHER_SUBNET',
  'another-version': 'REFUSED_ANOTHER_VERSION',
  oneself: 'REFUSED_ONESELF',
  'duplicate-link': 'REFUSED_DUPLICATE_LINK',
  full: 'REFUSED_FULL',
  'not-allowed': 'REFUSED_NOT_ALLOWED',
  'another-secret': 'REFUSED_ANOTHER_SECRET',
  unproven: 'REFUSED_UNPROVEN',
  other: 'REFUSED_OTHER',
}

function sentence({ refusal, refusedBy, address, difference }: RefusedDetails): string {
  const who = refusedBy === 'us' ? `Refused the node at ${address}` : `The node at ${address} refused`
  switch (refusal) {
    case 'another-subnet':
      return `${who}: it is on another subnet: ${difference ?? 'it does not say what differs'}. Give both nodes the same options.`
    case 'another-version':
      return `${who}: it speaks another version of the protocol: ${difference ?? 'it does not say which'}. Install the same version of ts2p on both.`
    case 'oneself':
      return `${who}: that address is this node's own. Dial another node.`
    case 'duplicate-link':
      return `${who}: the two nodes are linked already. Use the link that there is.`
    case 'full':
      return `${who}: it has as many peers as it takes. Dial another node, or raise the limit peersMax.`
    case 'not-allowed':
      return `${who}: the rule of the refusing node does not admit the other. Ask its operator to admit this node's id.`
    case 'another-secret':
      return `${who}: ${difference ?? 'the secrets of the two differ'}. Give both nodes the same secret.`
    case 'unproven':
      return `${who}: what the other said of its id was not proven. Someone may sit between the two and change what they send: check what the address leads to.`
    case 'other':
      return `${who} for a reason that this version does not know. Install the same version of ts2p on both.`
  }
}
