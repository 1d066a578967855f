import { ts2p } from '../../generated/mesh.js'
import { addressesOf, addressesPerNodeMax } from '../handshake/address.ts'
import type { Address } from '../handshake/address.ts'
import { bytesOf, decoding, listOf, plainView } from '../fields.ts'

const raw = ts2p.v1

/** A node, and where it can be dialled. */
export interface KnownPeer {
  /** SHA-256 of its key, 32 bytes. */
  readonly hash: Uint8Array
  readonly addresses: readonly Address[]
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
