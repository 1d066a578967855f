import { ts2p } from '../generated/mesh.js'
import { addressesOf, addressesPerNodeMax } from './address.ts'
import type { Address } from './address.ts'
import { bytesOf, copyOf, decoding, integerOf, listOf, plainView, timeOf } from './fields.ts'
import { messageIdOf, packetsMax } from './flood-message.ts'
import type { MessageId } from './flood-message.ts'

const raw = ts2p.v1

/** A message to one node. */
export interface Direct {
  readonly id: MessageId
  readonly time: number
  /** SHA-256 of the target's key, 32 bytes. */
  readonly target: Uint8Array
  readonly hopsLeft: number
  readonly packets: readonly Uint8Array[]
  /** Set on a receipt: the sequence of the message received. */
  readonly receiptFor: number | undefined
  /** Set on an answer: the message of the target's that it answers. */
  readonly answers: { readonly epoch: number; readonly sequence: number } | undefined
}

/** A node, and where it can be dialled. */
export interface KnownPeer {
  /** SHA-256 of its key, 32 bytes. */
  readonly hash: Uint8Array
  readonly addresses: readonly Address[]
}

/** A message to one node as bytes; `decodeDirect` reads it. */
export function encodeDirect(direct: Direct): Uint8Array {
  const { id, time, target, hopsLeft, packets, receiptFor, answers } = direct
  const answered = { answeredEpoch: answers?.epoch ?? null, answeredSequence: answers?.sequence ?? null }
  const fields = { id, time, target, hopsLeft, packets: [...packets], receiptFor: receiptFor ?? null, ...answered }
  return plainView(raw.Direct.encode(fields).finish())
}

/** @throws {ProtocolError} The payload is not a Direct. */
export function decodeDirect(payload: Uint8Array): Direct {
  const direct = decoding('direct', () => raw.Direct.decode(payload))
  const { answeredEpoch: epoch, answeredSequence: sequence } = direct
  return {
    id: messageIdOf(direct.id, 'direct.id'),
    time: timeOf(direct.time, 'direct.time'),
    target: bytesOf(direct.target, 'direct.target', 32),
    hopsLeft: integerOf(direct.hopsLeft, 'direct.hops_left'),
    packets: listOf(direct.packets, 'direct.packets', packetsMax).map(copyOf),
    receiptFor: direct.receiptFor ?? undefined,
    answers: typeof epoch === 'number' && typeof sequence === 'number' ? { epoch, sequence } : undefined,
  }
}

/** Addresses of nodes as bytes; `decodePeers` reads them. */
export function encodePeers(peers: readonly KnownPeer[]): Uint8Array {
  return plainView(
    raw.Peers.encode({ peers: peers.map(({ hash, addresses }) => ({ id: hash, addresses: [...addresses] })) }).finish(),
  )
}

/** @throws {ProtocolError} The payload is not a list of peers, or it has more than `peersMax`. */
export function decodePeers(payload: Uint8Array, peersMax: number): KnownPeer[] {
  const { peers } = decoding('peers', () => raw.Peers.decode(payload))
  return listOf(peers, 'peers', peersMax).map(({ id, addresses }) => ({
    hash: bytesOf(id, 'peers.id', 32),
    addresses: addressesOf(addresses, 'peers.addresses', addressesPerNodeMax),
  }))
}
