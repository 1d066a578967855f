import { ts2p } from '../../generated/mesh.js'
import { addressesOf, addressesPerNodeMax } from '../handshake/address.ts'
import type { Address } from '../handshake/address.ts'
import { bytesOf, decoding, listOf, plainView } from '../field-checks.ts'

const raw = ts2p.v1

/** A node, and where it can be dialed. */
export interface PeerInfo {
  /** SHA-256 of its key, 32 bytes. */
  readonly hash: Uint8Array
  readonly addresses: readonly Address[]
}

/** Addresses of nodes as bytes; `decodePeers` reads them. */
export function encodePeers(peers: readonly PeerInfo[]): Uint8Array {
  return plainView(
    raw.Peers.encode({ peers: peers.map(({ hash, addresses }) => ({ id: hash, addresses: [...addresses] })) }).finish(),
  )
}

/** @throws {ProtocolError} The payload is not a list of peers, or it has more than `peersMax`. */
export function decodePeers(payload: Uint8Array, peersMax: number): PeerInfo[] {
  const { peers } = decoding('peers', () => raw.Peers.decode(payload))
  return listOf(peers, 'peers', peersMax).map(({ id, addresses }) => ({
    hash: bytesOf(id, 'peers.id', 32),
    addresses: addressesOf(addresses, 'peers.addresses', addressesPerNodeMax),
  }))
}
