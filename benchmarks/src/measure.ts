import type { Case, Figures } from './case.ts'
import { measureBroadcast } from './measures/broadcast.ts'
import { measureGetSet } from './measures/get-set.ts'
import { measureHeap } from './measures/heap.ts'
import { measureLateJoin } from './measures/late-join.ts'
import { measureSpread } from './measures/spread.ts'
import { sampleText } from './samples.ts'
import { subjectOf } from './subjects/load-subject.ts'

/** Takes a measure, in this process. */
export async function measure({ measure: name, subject: subjectName, count, nodes, values }: Case): Promise<Figures> {
  const subject = await subjectOf(subjectName)
  switch (name) {
    case 'spread':
      return measureSpread(count, subject.dictionaryNode)
    case 'late-join':
      return measureLateJoin(count, subject.dictionaryNode)
    case 'broadcast':
      return measureBroadcast(count, nodes, subject.meshNode)
    case 'get-set':
      return values === 'utf8'
        ? measureGetSet(count, await subject.textDictionary(), sampleText)
        : measureGetSet(count, await subject.dictionary(), subject.sampleBytes)
    case 'heap':
      return measureHeap(count, await subject.dictionary(), subject.sampleBytes)
  }
}
