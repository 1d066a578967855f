import type { MeshSubjectName } from '../mesh-case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'

const loaders: Readonly<Record<MeshSubjectName, () => Promise<MeshSubject>>> = {
  ours: async () => (await import('./ours.ts')).ours,
  unsigned: async () => (await import('./ours.ts')).unsigned,
  'gossip-plain': async () => loadGossipsub({ isEncrypted: false, isSigned: false }),
  'gossip-noise': async () => loadGossipsub({ isEncrypted: true, isSigned: false }),
  'gossip-signed': async () => loadGossipsub({ isEncrypted: true, isSigned: true }),
  js2p: async () => (await import('./js2p.ts')).js2p,
  tree: async () => (await import('../network/bare-tree.ts')).bareTree,
  flood: async () => (await import('../network/bare-flood.ts')).bareFlood,
}

/** The subject of a name. Loaded only when asked for, so that each has its process to itself. */
export function loadMeshSubject(name: MeshSubjectName): Promise<MeshSubject> {
  return loaders[name]()
}

async function loadGossipsub(form: { isEncrypted: boolean; isSigned: boolean }): Promise<MeshSubject> {
  return (await import('./gossipsub.ts')).gossipsubSubject(form)
}
