import type { RecordIds } from '@ts2p/store'
import { ProtocolError } from '@ts2p/protocol'
import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import { codedSymbolsMax, encodeSymbols } from '@ts2p/reconciliation'
import type { WorkBudget } from '@ts2p/reconciliation'
import { symbolsMax } from './difference-search.ts'
import { KeyedRecords, saltOf } from './keyed-records.ts'

/** Symbols of the first message: enough for a few differences. */
const firstSymbols = 16
/** Symbols of one message, at most: about 430 kB. */
const messageSymbolsMax = 32_768

/** What the answerer holds of one reconciliation: it sends coded symbols of its records. */
export interface SymbolAnswer {
  /** Where this node's journal was when the neighbor opened. */
  readonly position: JournalPosition
  readonly nonce: Uint8Array
  readonly own: KeyedRecords
  /** The number of symbols that were sent. */
  readonly sent: number
  /** The index up to which the neighbor wants symbols, not included. */
  readonly end: number
  /** The neighbor may want no symbol from this index on. */
  readonly endMax: number
}

/**
 * Begins to answer with symbols.
 *
 * @param options.otherSize - The number of records of the opener, as it said.
 */
export function createAnswer(
  contents: RecordIds,
  options: {
    readonly openerNonce: Uint8Array
    readonly nonce: Uint8Array
    readonly position: JournalPosition
    readonly otherSize: number
  },
): SymbolAnswer {
  const { openerNonce, nonce, position, otherSize } = options
  const own = new KeyedRecords(contents, saltOf(openerNonce, nonce))
  // The opener may hold more records by now.
  const endMax = Math.min(2 * symbolsMax(own.size, otherSize), codedSymbolsMax)
  return { position, nonce, own, sent: 0, end: firstSymbols, endMax }
}

/**
 * The neighbor wants symbols up to `end`, not included.
 *
 * @throws {ProtocolError} when these symbols were sent already, or no search needs as many
 */
export function extendAnswer(answer: SymbolAnswer, end: number): SymbolAnswer {
  const { sent, endMax } = answer
  if (end <= sent || end > endMax) throw new ProtocolError(`more: up to ${end}, after ${sent}`)
  return { ...answer, end: Math.min(end, sent + messageSymbolsMax) }
}

/** Prepares the next symbols until the budget is spent. Returns their message once they are ready. The first has the nonce. */
export function runAnswer(
  answer: SymbolAnswer,
  budget: WorkBudget,
): [answer: SymbolAnswer, symbols: ReconciliationMessage | undefined] {
  const { own, nonce, sent, end } = answer
  if (!own.hash(budget) || !own.encoder.prepare(end, budget)) return [answer, undefined]
  const chunk = encodeSymbols({ setSize: own.size, start: sent, symbols: own.encoder.symbols(sent, end) })
  return [
    { ...answer, sent: end },
    { kind: 'symbols', nonce: sent === 0 ? nonce : undefined, chunk },
  ]
}
