import type { SubjectName } from '../case.ts'
import type { Subject } from './subject.ts'

/** The subject of a name. Loaded only when asked for, so that each has its process to itself. */
export async function subjectOf(name: SubjectName): Promise<Subject> {
  switch (name) {
    case 'ours':
      return (await import('./ours.ts')).ours
    case 'js2p':
      return (await import('./js2p.ts')).theirs
    case 'map':
      return (await import('./map.ts')).plainMap
  }
}
