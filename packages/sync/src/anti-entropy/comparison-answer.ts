import { ProtocolError } from '@ts2p/protocol'
import type { Position } from '@ts2p/protocol'
import { codedSymbolsMax, encodeSymbols } from '@ts2p/reconciliation'
import type { WorkBudget } from '@ts2p/reconciliation'
import type { BinaryString } from '@ts2p/store'
import { symbolsMax } from './comparison-search.ts'
import type { Contents } from './salted-contents.ts'
import { SaltedContents, saltOf } from './salted-contents.ts'

/** Symbols of the first message: enough for a few differences. */
const firstSymbols = 16
/** Symbols of one message, at most: some 430 kB. */
const messageSymbolsMax = 32_768

/** The side of a comparison that was asked, and makes symbols of what it holds. */
export class ComparisonAnswer {
  /** Where in its journal this node was when it was asked. */
  readonly position: Position
  readonly #own: SaltedContents
  readonly #nonce: Uint8Array
  readonly #endMax: number
  #sent = 0
  #end = firstSymbols

  /** @param asked.otherSize - How many records the other side has, as it says. */
  constructor(
    contents: Contents,
    asked: { theirNonce: Uint8Array; ourNonce: Uint8Array; position: Position; otherSize: number },
  ) {
    this.position = asked.position
    this.#nonce = asked.ourNonce
    this.#own = new SaltedContents(contents, saltOf(asked.theirNonce, asked.ourNonce))
    // The other side may have grown since it asked.
    this.#endMax = Math.min(2 * symbolsMax(this.#own.size, asked.otherSize), codedSymbolsMax)
  }

  /** Whether symbols are wanted that are not sent. */
  get isAsked(): boolean {
    return this.#sent < this.#end
  }

  /** More is wanted, up to a symbol. @throws {ProtocolError} Nobody wants so many, or what was sent. */
  want(end: number): void {
    if (end <= this.#sent || end > this.#endMax) throw new ProtocolError(`more: up to ${end}, after ${this.#sent}`)
    this.#end = Math.min(end, this.#sent + messageSymbolsMax)
  }

  /** Goes on for as long as the budget lasts. Returns the next symbols when they are ready, the first with the nonce. */
  step(budget: WorkBudget): { nonce: Uint8Array | undefined; chunk: Uint8Array } | undefined {
    const { encoder, size } = this.#own
    if (!this.#own.hash(budget) || !encoder.prepare(this.#end, budget)) return undefined
    const [start, end] = [this.#sent, this.#end]
    this.#sent = end
    const chunk = encodeSymbols({ setSize: size, start, symbols: encoder.symbols(start, end) })
    return { nonce: start === 0 ? this.#nonce : undefined, chunk }
  }

  /** The keys of the records that the other side lacks. */
  keysOf(ids: Uint8Array): ReadonlySet<BinaryString> {
    return this.#own.keysOf(ids)
  }
}
