import { CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'
import { DifferenceEstimate } from './difference-estimate.ts'
import { IdIndex } from './id-index.ts'
import type { KeyedId } from './keyed-id.ts'
import { PureSymbols } from './pure-symbols.ts'
import { SourceSymbols } from './source-symbols.ts'
import type { SymbolChunk } from './symbol-chunk.ts'
import type { SymbolEncoder } from './symbol-encoder.ts'
import type { WorkBudget } from './work-budget.ts'

/**
 * The state of a decoder:
 * - `working`: the budget was spent before all received symbols were used. Call `step` again;
 * - `wanting`: all received symbols are used, and the decoder needs more;
 * - `decoded`: the difference is known;
 * - `inconsistent`: no set has the received symbols (or, with a probability below one in ten thousand, a check collided);
 * - `exhausted`: the decoder received as many symbols as it may, and they were not enough.
 *
 * The last three are final.
 */
export type DecoderState = 'working' | 'wanting' | 'decoded' | 'inconsistent' | 'exhausted'

/** The elements that only one of the two sets has. */
export interface SetDifference {
  /** Elements that only our set has: their positions in the ids that our encoder was given, in no order. */
  readonly ours: Uint32Array
  /** Ids that only their set has: two words for each, the higher first, in no order. */
  readonly theirs: Uint32Array
}

/** Symbols of the first request: enough for a few differences, and for an estimate of how many there are. */
const firstSymbols = 24

/**
 * Finds the difference of two sets from the coded symbols of the other set. It subtracts our symbols, then peels: it removes each id
 * that is alone in a symbol from all symbols, which leaves other ids alone.
 *
 * The state becomes `decoded` only if our set and the difference explain every received symbol to the last bit. A stream that
 * encodes no set ends in another state. Whatever the stream, of `m` symbols the decoder peels at most `m` ids, and none twice. It
 * takes memory in proportion to `m` and our set, and time in proportion to `m·ln(m)` and our set. The reason: an id is in about
 * `2·ln(m)` symbols. Of all 64-bit ids, even the one that is in most symbols is in only a few dozen more.
 */
export class SymbolDecoder {
  readonly #keyed: KeyedId
  readonly #own: SymbolEncoder
  readonly #symbolsMax: number
  /** Their symbols. Those before `#subtracted` are without our ids and without the peeled ones. */
  readonly #symbols = new CodedSymbols()
  readonly #pure = new PureSymbols()
  readonly #peeled: SourceSymbols
  readonly #index: IdIndex
  readonly #estimate = new DifferenceEstimate()
  #state: DecoderState = 'wanting'
  #subtracted = 0
  #theirSize: number | undefined
  /** For each peeled id that is ours: its position among our ids, plus one. Undefined until all ids are peeled. */
  #found: Uint32Array | undefined
  /** The number of our ids that were compared with the peeled ones. */
  #compared = 0

  /**
   * @param keyed - Made with the salt that both sides use.
   * @param own - The encoder of our set, made with the same salt. Other decoders may use it at the same time.
   * @param symbolsMax - The number of symbols after which the decoder gives up. Default, and at most, `codedSymbolsMax`.
   */
  constructor(keyed: KeyedId, own: SymbolEncoder, symbolsMax: number = codedSymbolsMax) {
    this.#keyed = keyed
    this.#own = own
    this.#symbolsMax = Math.min(symbolsMax, codedSymbolsMax)
    this.#peeled = new SourceSymbols(keyed)
    this.#index = new IdIndex(this.#peeled)
  }

  /** The present state, which `receive` and `step` return too. */
  get state(): DecoderState {
    return this.#state
  }

  /** The number of symbols that were received. */
  get length(): number {
    return this.#symbols.length
  }

  /** An estimate of the number of differences: within about a third after 24 symbols, better after more. 0 before any symbol. */
  get estimatedDifferences(): number {
    return this.#estimate.differences
  }

  /**
   * The index up to which to request symbols next, not included. These symbols are probably enough. It is more than `length`,
   * unless `symbolsMax` is reached.
   */
  get symbolsWanted(): number {
    const { length } = this
    const least = length === 0 ? firstSymbols : length + (length < 1000 ? length >>> 1 : length >>> 3) + 1
    return Math.min(length === 0 ? least : Math.max(least, this.#estimate.symbols), this.#symbolsMax)
  }

  /** The difference. Undefined unless the state is `decoded`. */
  get difference(): SetDifference | undefined {
    const found = this.#found
    if (this.#state !== 'decoded' || !found) return undefined
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let position = 0; position < this.#peeled.length; position += 1) {
      if (this.#isOurs(position)) ours.push((found[position] ?? 0) - 1)
      else theirs.push(this.#peeled.high(position), this.#peeled.low(position))
    }
    return { ours: Uint32Array.from(ours), theirs: Uint32Array.from(theirs) }
  }

  /**
   * Appends the next symbols of their set; `step` decodes them. Does nothing in a final state. A chunk that does not continue the
   * stream makes the state `inconsistent`; one that passes `symbolsMax` makes it `exhausted`.
   */
  addSymbols(chunk: SymbolChunk): DecoderState {
    if (this.#isFinal) return this.#state
    this.#theirSize ??= chunk.setSize
    const isNext = chunk.start === this.length && chunk.setSize === this.#theirSize && chunk.symbols.length > 0
    if (!isNext) return this.#end('inconsistent')
    if (chunk.start + chunk.symbols.length > this.#symbolsMax) return this.#end('exhausted')
    this.#symbols.append(chunk.symbols)
    return this.#end('working')
  }

  /** Decodes the received symbols until they are used or the budget is spent. Returns the state. */
  step(budget: WorkBudget): DecoderState {
    if (this.#isFinal || this.length === 0) return this.#state
    if (!this.#own.prepare(this.length, budget)) return this.#end('working')
    this.#subtractOwn(budget)
    for (;;) {
      if (!this.#peeled.addTo(this.#symbols, this.length, budget, this.#pure)) return this.#end('working')
      if (this.#symbols.isEmpty(0)) return this.#end(this.#compareWithOwn(budget))
      if (budget.isSpent) return this.#end('working')
      const candidate = this.#pure.pop()
      if (candidate === undefined) return this.#end(this.#stalled(budget))
      if (!this.#peel(candidate, budget)) return this.#end('inconsistent')
    }
  }

  get #isFinal(): boolean {
    return this.#state === 'decoded' || this.#state === 'inconsistent' || this.#state === 'exhausted'
  }

  #end(state: DecoderState): DecoderState {
    this.#state = state
    return state
  }

  #subtractOwn(budget: WorkBudget): void {
    const [start, end] = [this.#subtracted, this.length]
    if (start === end) return
    this.#own.subtractFrom(this.#symbols, start, end)
    this.#estimate.add(this.#symbols, start, end)
    for (let index = start; index < end; index += 1) this.#pure.enqueueIfPure(index, this.#symbols.count(index))
    this.#subtracted = end
    budget.left -= end - start
  }

  /** Peels the id of a symbol if it is alone there. Returns false if the symbols are those of no set. */
  #peel(at: number, budget: WorkBudget): boolean {
    budget.left -= 1
    const symbols = this.#symbols
    const count = symbols.count(at)
    if (count !== 1 && count !== -1) return true
    const [high, low] = [symbols.high(at), symbols.low(at)]
    if (symbols.check(at) !== Math.imul(count, this.#keyed.check(high, low))) return true
    // No test gets here: it takes checks that collide, and only a sender that knows the salt could search for them.
    if (this.#peeled.length === this.length) return false
    this.#peeled.push(high, low, count === 1 ? -1 : 1)
    return this.#index.add()
  }

  /**
   * No id is alone in a symbol. Decides whether more symbols can help. They cannot if a symbol has no id and is not empty, or if it
   * has one id with another count than 1.
   */
  #stalled(budget: WorkBudget): DecoderState {
    const symbols = this.#symbols
    for (let index = 0; index < this.length; index += 1) {
      if (symbols.isEmpty(index)) continue
      const [high, low, count] = [symbols.high(index), symbols.low(index), symbols.count(index)]
      if ((high | low) === 0) return 'inconsistent'
      const [check, checkOfOne] = [symbols.check(index), this.#keyed.check(high, low)]
      const isOneId =
        check === checkOfOne || check === Math.imul(-1, checkOfOne) || check === Math.imul(count, checkOfOne)
      // `#peel` has accepted every match with a count of 1 or -1. A match here has another count, or the opposite sign.
      if (isOneId) return 'inconsistent'
    }
    budget.left -= this.length
    return this.length === this.#symbolsMax ? 'exhausted' : 'wanting'
  }

  /**
   * Symbol 0 is empty, so all ids seem to be peeled. That is true only if every symbol is empty, our set has each id that was peeled
   * as ours, and it has none that was peeled as theirs.
   */
  #compareWithOwn(budget: WorkBudget): DecoderState {
    this.#found ??= new Uint32Array(this.#peeled.length)
    const found = this.#found
    for (; this.#compared < this.#own.setSize; this.#compared += 1) {
      if (budget.isSpent) return 'working'
      budget.left -= 1
      const position = this.#index.find(this.#own.high(this.#compared), this.#own.low(this.#compared))
      if (position < 0) continue
      if (!this.#isOurs(position)) return 'inconsistent'
      found[position] = this.#compared + 1
    }
    for (let index = 0; index < this.length; index += 1) if (!this.#symbols.isEmpty(index)) return 'inconsistent'
    const isComplete = found.every((at, position) => at > 0 || !this.#isOurs(position))
    return isComplete ? 'decoded' : 'inconsistent'
  }

  #isOurs(position: number): boolean {
    return this.#peeled.sign(position) === 1
  }
}
