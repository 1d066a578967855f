import type { SubjectName } from '../running/case.ts'
import type { Subject } from './subject.ts'

const loaders: Readonly<Record<SubjectName, () => Promise<Subject>>> = {
  ours: async () => (await import('./ours.ts')).ours,
  js2p: async () => (await import('./js2p.ts')).theirs,
  map: async () => (await import('./map.ts')).plainMap,
}

/** The subject of a name. Loaded only when asked for, so that each has its process to itself. */
export function loadSubject(name: SubjectName): Promise<Subject> {
  return loaders[name]()
}
