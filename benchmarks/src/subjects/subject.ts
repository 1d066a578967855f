import type { Dictionary } from './dictionary.ts'
import type { DictionaryNode, MeshNode } from './node.ts'

/** Makes what is measured. */
export interface Subject {
  /** A dictionary alone, with strings for keys and 100 bytes for values. */
  readonly dictionary: () => Promise<Dictionary<Uint8Array>>
  /** The same with strings for values. */
  readonly textDictionary: () => Promise<Dictionary<string>>
  /** A value in the form that the subject takes. */
  readonly sampleBytes: () => Uint8Array
  readonly dictionaryNode: () => Promise<DictionaryNode>
  readonly meshNode: () => Promise<MeshNode>
}
