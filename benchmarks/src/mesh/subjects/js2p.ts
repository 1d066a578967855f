import { theirs } from '../../subjects/js2p.ts'
import type { MeshSubject } from '../network/mesh-node.ts'

/** What is measured of js2p. */
export const js2p: MeshSubject = {
  create: async () => ({ ...(await theirs.meshNode()), writable: () => undefined, copies: () => undefined }),
  wiring: { kind: 'graph' },
  windowMessages: 64,
  settleMs: 1000,
}
