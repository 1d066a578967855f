import { createHash } from 'node:crypto'
import { InvalidSymbolsError } from './errors.ts'
import { KeyedId } from './keyed-id.ts'
import { SymbolDecoder, type DecoderState } from './symbol-decoder.ts'
import { SymbolEncoder } from './symbol-encoder.ts'
import { decodeSymbols, type SymbolChunk } from './symbol-chunk.ts'
import { WorkBudget } from './work-budget.ts'

/** `count` elements, the same for the same name. */
export function elementsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`${name} ${index}`).digest().toString('latin1'),
  )
}

/** 16 bytes, the same for the same name. */
export function saltOf(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`salt ${name}`).digest().subarray(0, 16))
}

/** A budget that no test spends. */
export function ample(): WorkBudget {
  return new WorkBudget(Number.MAX_SAFE_INTEGER)
}

/** Makes symbols `start` up to, not including, `end` of a set. */
export function chunkOf(encoder: SymbolEncoder, start: number, end: number): SymbolChunk {
  encoder.prepare(end, ample())
  return { setSize: encoder.setSize, start, symbols: encoder.symbols(start, end) }
}

/** Two sets: the encoder of one side, and the decoder of the other. */
export interface Sides {
  readonly theirs: SymbolEncoder
  readonly own: SymbolEncoder
  readonly decoder: SymbolDecoder
  /** The ids of the decoder's set, in hexadecimal. */
  readonly ownIds: readonly string[]
  /** The ids of the encoder's set, in hexadecimal. */
  readonly theirIds: readonly string[]
}

/** Creates both sides of a reconciliation of two sets. */
export function sidesOf(
  salt: Uint8Array,
  elements: { readonly theirs: readonly string[]; readonly own: readonly string[] },
  symbolsMax?: number,
): Sides {
  const keyed = new KeyedId(salt)
  const [theirIds, ownIds] = [keyed.idsOf(elements.theirs), keyed.idsOf(elements.own)]
  const own = new SymbolEncoder(ownIds, keyed)
  const decoder = new SymbolDecoder(keyed, own, symbolsMax)
  const theirs = new SymbolEncoder(theirIds, new KeyedId(salt))
  return {
    theirs,
    own,
    decoder,
    // Made on request, because most chunks of a test lead to no difference.
    get ownIds() {
      return namesOf(ownIds)
    },
    get theirIds() {
      return namesOf(theirIds)
    },
  }
}

/** Sends the symbols that the decoder asks for, until it asks for no more. Returns the state at the end. */
export function run({ theirs, decoder }: Sides): DecoderState {
  do {
    decoder.addSymbols(chunkOf(theirs, decoder.length, decoder.symbolsWanted))
    decoder.step(ample())
  } while (decoder.state === 'wanting')
  return decoder.state
}

/** Gives bytes to the decoder. Returns its state, or 'refused' if they encode no symbols. */
export function takeBytes({ decoder }: Sides, bytes: Uint8Array): DecoderState | 'refused' {
  const chunk = chunkFrom(bytes)
  if (!chunk) return 'refused'
  decoder.addSymbols(chunk)
  return decoder.step(ample())
}

/** Decodes a chunk. Returns undefined if it is refused by an `InvalidSymbolsError`. */
export function chunkFrom(bytes: Uint8Array): SymbolChunk | undefined {
  try {
    return decodeSymbols(bytes)
  } catch (error) {
    if (error instanceof InvalidSymbolsError) return undefined
    throw error
  }
}

/** The difference that the decoder found, in hexadecimal and sorted. Undefined if it found none. */
export function foundBy(sides: Sides): { ours: string[]; theirs: string[] } | undefined {
  const { difference } = sides.decoder
  if (!difference) return undefined
  const { ownIds } = sides
  const ours = [...difference.ours].map((position) => ownIds[position] ?? 'none')
  return { ours: ours.toSorted(), theirs: namesOf(difference.theirs).toSorted() }
}

/** The difference that the decoder should find, in hexadecimal and sorted. */
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
