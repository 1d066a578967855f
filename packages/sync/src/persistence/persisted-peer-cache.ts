import type { CachedPeer, PeerCache } from '@ts2p/mesh'
import { decodePeers, encodePeers, hashFromNodeId, nodeIdFromHash } from '@ts2p/protocol'

/** Most nodes that are read: those that were written are fewer. */
const nodesMax = 256

/** The nodes that a node knew, saved with its dictionary. */
export class PersistedPeerCache implements PeerCache {
  readonly #saveBytes: (bytes: Uint8Array) => void
  readonly #loaded: readonly CachedPeer[]
  #saved: string

  /** @param loaded the nodes that were saved before */
  constructor(loaded: readonly CachedPeer[], saveBytes: (bytes: Uint8Array) => void) {
    this.#loaded = loaded
    this.#saved = namesOf(loaded)
    this.#saveBytes = saveBytes
  }

  load(): Promise<readonly CachedPeer[]> {
    return Promise.resolve(this.#loaded)
  }

  save(nodes: readonly CachedPeer[]): void {
    const names = namesOf(nodes)
    // The same ones in another order are not worth a write.
    if (names === this.#saved) return
    this.#saved = names
    this.#saveBytes(encodePeers(nodes.map(({ id, addresses }) => ({ hash: hashFromNodeId(id), addresses }))))
  }
}

function namesOf(nodes: readonly CachedPeer[]): string {
  return nodes
    .map(({ id }) => id)
    .toSorted()
    .join()
}

/** @throws {ProtocolError} The bytes are no list of nodes. */
export function decodeNodes(bytes: Uint8Array): CachedPeer[] {
  return decodePeers(bytes, nodesMax).map(({ hash, addresses }) => ({ id: nodeIdFromHash(hash), addresses }))
}
