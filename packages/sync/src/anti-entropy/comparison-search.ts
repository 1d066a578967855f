import { ProtocolError } from '@ts2p/protocol'
import { decodeSymbols, InvalidSymbolsError, SymbolDecoder } from '@ts2p/reconciliation'
import type { SymbolChunk, WorkBudget } from '@ts2p/reconciliation'
import type { BinaryString } from '@ts2p/store'
import type { Contents } from './salted-contents.ts'
import { SaltedContents } from './salted-contents.ts'

/** Beyond this part of the records it is cheaper to send all of them; with few records, beyond so many. */
const differenceShareMax = 0.2
const differencesMin = 256
/** Ids that are asked for in one message, at most. */
const wantedMax = 65_536
/** Symbols that are read, for each difference that there may be. */
const symbolsPerDifference = 1.6

/** How far a search is: at work, in need of symbols up to one, done, or not worth going on with. */
export type SearchState =
  | { readonly kind: 'working' }
  | { readonly kind: 'wanting'; readonly end: number }
  | { readonly kind: 'found'; readonly ours: ReadonlySet<BinaryString>; readonly wanted: Uint8Array }
  | { readonly kind: 'hopeless' }
  /** No honest node has such symbols. */
  | { readonly kind: 'poisoned' }

/** How many differences are looked for between sets of these sizes, before everything is sent instead. */
export function differencesMax(size: number, otherSize: number): number {
  return Math.min(Math.max(Math.max(size, otherSize) * differenceShareMax, differencesMin), wantedMax)
}

/** How many symbols are read, and made for another, between sets of these sizes. */
export function symbolsMax(size: number, otherSize: number): number {
  return Math.ceil(differencesMax(size, otherSize) * symbolsPerDifference)
}

/** The side of a comparison that opened it, and looks for what differs in the symbols of the other side. */
export class ComparisonSearch {
  readonly #own: SaltedContents
  readonly #decoder: SymbolDecoder
  readonly #max: number
  #hasUnread = false

  constructor(contents: Contents, salt: Uint8Array) {
    this.#own = new SaltedContents(contents, salt)
    const { size, keyed, encoder } = this.#own
    this.#max = differencesMax(size, size)
    this.#decoder = new SymbolDecoder(keyed, encoder, symbolsMax(size, size))
  }

  /**
   * Appends the next symbols of the neighbor.
   *
   * @throws {ProtocolError} when the bytes encode no symbols
   */
  receive(bytes: Uint8Array): void {
    this.#decoder.receive(symbolsFrom(bytes))
    this.#hasUnread = true
  }

  /** Whether there are symbols to look at. */
  get hasUnread(): boolean {
    return this.#hasUnread
  }

  /** Goes on for as long as the budget lasts. */
  step(budget: WorkBudget): SearchState {
    if (!this.#own.hash(budget)) return { kind: 'working' }
    const state = this.#decoder.step(budget)
    if (state === 'working') return { kind: 'working' }
    this.#hasUnread = false
    if (state === 'inconsistent') return { kind: 'poisoned' }
    if (state === 'decoded') return this.#found()
    if (state !== 'wanting' || this.#decoder.estimatedDifferences > this.#max) return { kind: 'hopeless' }
    return { kind: 'wanting', end: this.#decoder.symbolsWanted }
  }

  #found(): SearchState {
    const { ours, theirs } = this.#decoder.difference ?? { ours: new Uint32Array(0), theirs: new Uint32Array(0) }
    const wanted = new Uint8Array(theirs.length * 4)
    const view = new DataView(wanted.buffer)
    theirs.forEach((word, index) => view.setUint32(index * 4, word))
    return { kind: 'found', ours: this.#own.keysAt(ours), wanted }
  }
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
