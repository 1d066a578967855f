import type { Case, Figures, Subject } from './case.ts'
import { measureBroadcast } from './measures/broadcast.ts'
import { measureGetSet } from './measures/get-set.ts'
import type { Dictionary } from './measures/get-set.ts'
import { measureHeap } from './measures/heap.ts'
import { measureLateJoin } from './measures/late-join.ts'
import { measureSpread } from './measures/spread.ts'
import { sampleBytes, sampleText } from './samples.ts'
import { bufferOf, js2pDictionary, js2pDictionaryNode, js2pMeshNode } from './subjects/js2p.ts'
import { ourDictionary, ourDictionaryNode, ourMeshNode } from './subjects/ours.ts'

/** Takes a measure, in this process. */
export async function measure({ measure: name, subject, count, nodes, values }: Case): Promise<Figures> {
  const isOurs = subject === 'ours'
  switch (name) {
    case 'spread':
      return measureSpread(count, isOurs ? ourDictionaryNode : js2pDictionaryNode)
    case 'late-join':
      return measureLateJoin(count, isOurs ? ourDictionaryNode : js2pDictionaryNode)
    case 'broadcast':
      return measureBroadcast(count, nodes, isOurs ? ourMeshNode : js2pMeshNode)
    case 'get-set':
      return values === 'utf8'
        ? measureGetSet(count, await dictionary<string>(subject, values), sampleText)
        : measureGetSet(count, await dictionary<Uint8Array>(subject, values), subject === 'js2p' ? sampleBuffer : sampleBytes)
    case 'heap': {
      const alone = await dictionary<Uint8Array>(subject, 'binary')
      return measureHeap(count, alone, subject === 'js2p' ? sampleBuffer : sampleBytes)
    }
  }
}

async function dictionary<V>(subject: Subject, values: Case['values']): Promise<Dictionary<V>> {
  switch (subject) {
    case 'map':
      return new Map<string, V>()
    case 'js2p':
      return js2pDictionary()
    case 'ours':
      return ourDictionary(values)
  }
}

function sampleBuffer(): Buffer {
  return bufferOf(sampleBytes())
}
