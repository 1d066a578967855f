import type { KnownNode, KnownNodes } from '@ts2p/mesh'
import { decodePeers, encodePeers, hashFromNodeId, nodeIdFromHash } from '@ts2p/protocol'

/** Most nodes that are read: those that were written are fewer. */
const nodesMax = 256

/** The nodes known, kept with the dictionary. */
export class KeptNodes implements KnownNodes {
  readonly #keep: (bytes: Uint8Array) => void
  #restored: readonly KnownNode[] = []
  #saved = ''

  constructor(keep: (bytes: Uint8Array) => void) {
    this.#keep = keep
  }

  /** What was kept. @throws {ProtocolError} The bytes are no list of nodes. */
  restore(bytes: Uint8Array): void {
    this.#restored = decodePeers(bytes, nodesMax).map(({ hash, addresses }) => ({
      id: nodeIdFromHash(hash),
      addresses,
    }))
  }

  load(): Promise<readonly KnownNode[]> {
    return Promise.resolve(this.#restored)
  }

  save(nodes: readonly KnownNode[]): void {
    const names = nodes.map(({ id }) => id).toSorted()
    // The same ones in another order are not worth a write.
    if (names.join() === this.#saved) return
    this.#saved = names.join()
    this.#keep(encodePeers(nodes.map(({ id, addresses }) => ({ hash: hashFromNodeId(id), addresses }))))
  }
}
