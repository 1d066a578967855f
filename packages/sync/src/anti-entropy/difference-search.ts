import { ProtocolError } from '@ts2p/protocol'
import { decodeSymbols, InvalidSymbolsError, SymbolDecoder } from '@ts2p/reconciliation'
import type { SymbolChunk, WorkBudget } from '@ts2p/reconciliation'
import type { BinaryString, RecordIds } from '@ts2p/store'
import { KeyedRecords } from './keyed-records.ts'

/** If a larger share of the records differs, it is cheaper to send all of them. */
const differenceShareMax = 0.2
/** Up to this number of differences, sets of any size are searched. */
const differencesMin = 256
/** Ids that one message asks for, at most. */
const wantedMax = 65_536
/** Symbols that a search reads, at most, for each difference that it accepts. */
const symbolsPerDifference = 1.6

/** What the opener holds of one reconciliation: it searches the symbols of the answerer for the difference. */
export interface DifferenceSearch {
  readonly own: KeyedRecords
  readonly decoder: SymbolDecoder
  readonly hasUnread: boolean
}

/** The result of a slice of a search. All but `working` use up the symbols that were received. */
export type SearchResult =
  /** The budget was spent. */
  | { readonly kind: 'working' }
  /** The search needs symbols up to `end`, not included. */
  | { readonly kind: 'wanting'; readonly end: number }
  /** The difference: the keys of the records that only this node holds, and the keyed ids of those that only the neighbor holds. */
  | { readonly kind: 'found'; readonly ours: ReadonlySet<BinaryString>; readonly wanted: Uint8Array }
  /** More records differ than a search accepts. */
  | { readonly kind: 'too-different' }
  /** No set has these symbols. */
  | { readonly kind: 'invalid' }

/** The number of differences between sets of these sizes that a search accepts. */
export function differencesMax(size: number, otherSize: number): number {
  return Math.min(Math.max(Math.max(size, otherSize) * differenceShareMax, differencesMin), wantedMax)
}

/** The number of symbols that a search between sets of these sizes reads. */
export function symbolsMax(size: number, otherSize: number): number {
  return Math.ceil(differencesMax(size, otherSize) * symbolsPerDifference)
}

/** Begins a search. */
export function createSearch(contents: RecordIds, salt: Uint8Array): DifferenceSearch {
  const own = new KeyedRecords(contents, salt)
  const decoder = new SymbolDecoder(own.keyed, own.encoder, symbolsMax(own.size, own.size))
  return { own, decoder, hasUnread: false }
}

/**
 * Appends the next symbols of the neighbor.
 *
 * @throws {ProtocolError} when the bytes encode no symbols
 */
export function appendSymbols(search: DifferenceSearch, bytes: Uint8Array): DifferenceSearch {
  search.decoder.addSymbols(symbolsFrom(bytes))
  return { ...search, hasUnread: true }
}

/** Searches until the received symbols are used, or the budget is spent. */
export function runSearch(
  search: DifferenceSearch,
  budget: WorkBudget,
): [search: DifferenceSearch, result: SearchResult] {
  const { own, decoder } = search
  if (!own.hash(budget)) return [search, { kind: 'working' }]
  const state = decoder.step(budget)
  if (state === 'working') return [search, { kind: 'working' }]
  const read = { ...search, hasUnread: false }
  if (state === 'inconsistent') return [read, { kind: 'invalid' }]
  if (state === 'decoded') return [read, differenceOf(search)]
  if (state !== 'wanting' || decoder.estimatedDifferences > differencesMax(own.size, own.size)) {
    return [read, { kind: 'too-different' }]
  }
  return [read, { kind: 'wanting', end: decoder.symbolsWanted }]
}

function differenceOf({ own, decoder }: DifferenceSearch): SearchResult {
  const { ours, theirs } = decoder.difference ?? { ours: new Uint32Array(0), theirs: new Uint32Array(0) }
  const wanted = new Uint8Array(theirs.length * 4)
  const view = new DataView(wanted.buffer)
  theirs.forEach((word, index) => view.setUint32(index * 4, word))
  return { kind: 'found', ours: own.keysAt(ours), wanted }
}

/** Decodes symbols of a neighbor. Bytes that encode none break the protocol, so the link that brought them closes. */
function symbolsFrom(bytes: Uint8Array): SymbolChunk {
  try {
    return decodeSymbols(bytes)
  } catch (error) {
    if (error instanceof InvalidSymbolsError) throw new ProtocolError(`symbols: ${error.reason}`, { cause: error })
    throw error
  }
}
