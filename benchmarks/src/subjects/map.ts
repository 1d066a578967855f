import { sampleBytes } from '../running/samples.ts'
import type { Subject } from './subject.ts'

/** A plain Map, which has no nodes. */
export const plainMap: Subject = {
  dictionary: async () => new Map<string, Uint8Array>(),
  textDictionary: async () => new Map<string, string>(),
  sampleBytes,
  dictionaryNode: async () => Promise.reject(new TypeError('A Map is no node.')),
  meshNode: async () => Promise.reject(new TypeError('A Map is no node.')),
}
