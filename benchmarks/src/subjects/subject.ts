import type { Dictionary } from './dictionary.ts'
import type { DictionaryNode, MeshNode } from './node.ts'

/** Makes what is measured. */
export interface Subject {
  /** A dictionary alone, with strings for keys and 100 bytes for values. */
  dictionary(): Promise<Dictionary<Uint8Array>>
  /** The same with strings for values. */
  textDictionary(): Promise<Dictionary<string>>
  /** A value in the form that the subject takes. */
  sampleBytes(): Uint8Array
  dictionaryNode(): Promise<DictionaryNode>
  meshNode(): Promise<MeshNode>
}
