import type { Case, Figures, MeasureName } from './case.ts'
import { measureBroadcast } from '../measures/broadcast.ts'
import { measureGetSet } from '../measures/get-set.ts'
import { measureHeap } from '../measures/heap.ts'
import { measureHeapLinked } from '../measures/heap-linked.ts'
import { measureLateJoin } from '../measures/late-join.ts'
import { measureLinkRate } from '../measures/link-rate.ts'
import { measureRequestRate } from '../measures/request-rate.ts'
import { measureSpread } from '../measures/spread.ts'
import { sampleText } from './samples.ts'
import { loadSubject } from '../subjects/load-subject.ts'
import type { Subject } from '../subjects/subject.ts'

const measures: Readonly<Record<MeasureName, (subject: Subject, spec: Case) => Promise<Figures>>> = {
  spread: (subject, { count }) => measureSpread(count, subject.dictionaryNode),
  'late-join': (subject, { count }) => measureLateJoin(count, subject.dictionaryNode),
  broadcast: (subject, { count, nodes }) => measureBroadcast(count, nodes, subject.meshNode),
  'get-set': async (subject, { count, values }) =>
    values === 'utf8'
      ? measureGetSet(count, await subject.textDictionary(), sampleText)
      : measureGetSet(count, await subject.dictionary(), subject.sampleBytes),
  heap: async (subject, { count }) => measureHeap(count, await subject.dictionary(), subject.sampleBytes),
  'heap-linked': (subject, { count }) => measureHeapLinked(count, subject.dictionaryNode),
  'link-rate': (_, { count }) => measureLinkRate(count),
  'request-rate': (_, { count }) => measureRequestRate(count),
}

/** Takes a measure, in this process. */
export async function measure(spec: Case): Promise<Figures> {
  return measures[spec.measure](await loadSubject(spec.subject), spec)
}
