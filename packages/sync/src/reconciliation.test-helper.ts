import { sha256 } from '@noble/hashes/sha2.js'
import { ProtocolError } from '@ts2p/protocol'
import { binaryFromBytes, bytesFromBinary, type BinaryString } from '@ts2p/store'
import { KeyedId } from './keyed-id.ts'
import { SymbolDecoder, type DecoderState } from './symbol-decoder.ts'
import { SymbolEncoder } from './symbol-encoder.ts'
import { decodeSymbols, type SymbolChunk } from './symbol-chunk.ts'
import { WorkBudget } from './work-budget.ts'

/** So many records' ids, the same for the same name. */
export function ridsOf(name: string, count: number): BinaryString[] {
  return Array.from({ length: count }, (_, index) => binaryFromBytes(sha256(bytesFromBinary(`${name} ${index}`))))
}

/** 16 bytes, the same for the same name. */
export function saltOf(name: string): Uint8Array {
  return sha256(bytesFromBinary(`salt ${name}`)).slice(0, 16)
}

/** More than anything here takes. */
export function ample(): WorkBudget {
  return new WorkBudget(Number.MAX_SAFE_INTEGER)
}

/** A chunk of the symbols of a set. */
export function chunkOf(encoder: SymbolEncoder, start: number, end: number): SymbolChunk {
  encoder.prepare(end, ample())
  return { setSize: encoder.setSize, start, symbols: encoder.symbols(start, end) }
}

/** One side that has records, and one that decodes what the first sends. */
export interface Sides {
  readonly theirs: SymbolEncoder
  readonly own: SymbolEncoder
  readonly decoder: SymbolDecoder
  /** The ids of the decoder's records, as text. */
  readonly ownIds: readonly string[]
  readonly theirIds: readonly string[]
}

export function sidesOf(
  salt: Uint8Array,
  rids: { readonly theirs: readonly BinaryString[]; readonly own: readonly BinaryString[] },
  symbolsMax?: number,
): Sides {
  const keyed = new KeyedId(salt)
  const [theirIds, ownIds] = [keyed.idsOf(rids.theirs), keyed.idsOf(rids.own)]
  const own = new SymbolEncoder(ownIds, keyed)
  const decoder = new SymbolDecoder(keyed, own, symbolsMax)
  const theirs = new SymbolEncoder(theirIds, new KeyedId(salt))
  return {
    theirs,
    own,
    decoder,
    // Made when asked for: most chunks of a test lead to nothing.
    get ownIds() {
      return namesOf(ownIds)
    },
    get theirIds() {
      return namesOf(theirIds)
    },
  }
}

/** Sends chunk after chunk, as many symbols as the decoder wants, until it wants no more. */
export function run({ theirs, decoder }: Sides): DecoderState {
  do {
    decoder.receive(chunkOf(theirs, decoder.length, decoder.symbolsWanted))
    decoder.step(ample())
  } while (decoder.state === 'wanting')
  return decoder.state
}

/** Decodes bytes and all that follows from them. */
export function takeBytes({ decoder }: Sides, bytes: Uint8Array): DecoderState | 'refused' {
  const chunk = chunkFrom(bytes)
  if (!chunk) return 'refused'
  decoder.receive(chunk)
  return decoder.step(ample())
}

/** A chunk, or undefined if it is refused as it should be, by a `ProtocolError`. */
export function chunkFrom(bytes: Uint8Array): SymbolChunk | undefined {
  try {
    return decodeSymbols(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** What was found, as text and in order; undefined if nothing was. */
export function foundBy(sides: Sides): { ours: string[]; theirs: string[] } | undefined {
  const { difference } = sides.decoder
  if (!difference) return undefined
  const { ownIds } = sides
  const ours = [...difference.ours].map((position) => ownIds[position] ?? 'none')
  return { ours: ours.toSorted(), theirs: namesOf(difference.theirs).toSorted() }
}

/** What should be found. */
export function differenceOf({ ownIds, theirIds }: Sides): { ours: string[]; theirs: string[] } {
  const [own, theirs] = [new Set(ownIds), new Set(theirIds)]
  return {
    ours: ownIds.filter((id) => !theirs.has(id)).toSorted(),
    theirs: theirIds.filter((id) => !own.has(id)).toSorted(),
  }
}

function namesOf(ids: Uint32Array): string[] {
  return Array.from({ length: ids.length / 2 }, (_, index) =>
    [...ids.subarray(index * 2, index * 2 + 2)].map((word) => word.toString(16).padStart(8, '0')).join(''),
  )
}
