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
 * How far the decoding of a stream has come:
 * - `working`: the budget was spent, there is more to do;
 * - `wanting`: all that came was used, and more symbols are needed;
 * - `decoded`: the difference is known;
 * - `inconsistent`: no two sets have such symbols (or, with a chance of less than one in ten thousand, a check collided);
 * - `exhausted`: as many symbols came as are allowed, and they did not suffice.
 *
 * The last three are final.
 */
export type DecoderState = 'working' | 'wanting' | 'decoded' | 'inconsistent' | 'exhausted'

/** What one side has and the other has not. */
export interface SetDifference {
  /** Ids that only we have: their positions in the list that our encoder was given, in no order. */
  readonly ours: Uint32Array
  /** Ids that only they have: two words each, the higher first. */
  readonly theirs: Uint32Array
}

/** Symbols to begin with: enough for a few differences, and to guess how many there are. */
const firstSymbols = 24

/**
 * Finds the difference of two sets from coded symbols of theirs: takes ours from them, and peels, that is takes out each id that
 * is alone in a symbol, which leaves others alone.
 *
 * It is decoded only if every symbol that came is explained to the last bit by our set and what was found, so a stream of no
 * set ends in another way. Whatever it is fed, of `m` symbols it peels at most `m` ids and none twice, takes memory in proportion
 * to m and our set, and time in proportion to m·ln(m) and our set: an id is in about 2·ln(m) symbols, and even the one of
 * all 64-bit numbers that is in most, in a few dozen more.
 */
export class SymbolDecoder {
  readonly #keyed: KeyedId
  readonly #own: SymbolEncoder
  readonly #symbolsMax: number
  /** Theirs; from `#subtracted` down less ours, and less what was peeled. */
  readonly #symbols = new CodedSymbols()
  readonly #pure = new PureSymbols()
  readonly #peeled: SourceSymbols
  readonly #index: IdIndex
  readonly #estimate = new DifferenceEstimate()
  #state: DecoderState = 'wanting'
  #subtracted = 0
  #theirSize: number | undefined
  /** Of each peeled id that we have, its position in our list, plus one. Undefined until all are peeled. */
  #found: Uint32Array | undefined
  /** How many of our ids were compared with those peeled. */
  #compared = 0

  /**
   * @param own - The encoder of our set, made with the same `keyed`. It may be used for other things meanwhile.
   * @param symbolsMax - Symbols after which to give up; `codedSymbolsMax` if not given, and at most that.
   */
  constructor(keyed: KeyedId, own: SymbolEncoder, symbolsMax: number = codedSymbolsMax) {
    this.#keyed = keyed
    this.#own = own
    this.#symbolsMax = Math.min(symbolsMax, codedSymbolsMax)
    this.#peeled = new SourceSymbols(keyed)
    this.#index = new IdIndex(this.#peeled)
  }

  get state(): DecoderState {
    return this.#state
  }

  /** How many of their symbols have come. */
  get length(): number {
    return this.#symbols.length
  }

  /** How many differences there are: a guess, good to a third after 24 symbols and better with more. 0 before. */
  get estimatedDifferences(): number {
    return this.#estimate.differences
  }

  /** Up to which symbol to ask next: so many that they probably suffice, and in any case more than have come. */
  get symbolsWanted(): number {
    const { length } = this
    const least = length === 0 ? firstSymbols : length + (length < 1000 ? length >>> 1 : length >>> 3) + 1
    return Math.min(length === 0 ? least : Math.max(least, this.#estimate.symbols), this.#symbolsMax)
  }

  /** The difference, once it is decoded. */
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

  /** Takes the next symbols of theirs; they are looked at by `step`. After a final state they are ignored. */
  receive(chunk: SymbolChunk): DecoderState {
    if (this.#isFinal) return this.#state
    this.#theirSize ??= chunk.setSize
    const isNext = chunk.start === this.length && chunk.setSize === this.#theirSize && chunk.symbols.length > 0
    if (!isNext) return this.#end('inconsistent')
    if (chunk.start + chunk.symbols.length > this.#symbolsMax) return this.#end('exhausted')
    this.#symbols.append(chunk.symbols)
    return this.#end('working')
  }

  /** Decodes what came until the budget is spent, and says how far that is. */
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
    for (let index = start; index < end; index += 1) this.#pure.note(index, this.#symbols.count(index))
    this.#subtracted = end
    budget.left -= end - start
  }

  /** Takes out the id of a symbol if it is alone there. False: no honest symbol is so. */
  #peel(at: number, budget: WorkBudget): boolean {
    budget.left -= 1
    const symbols = this.#symbols
    const count = symbols.count(at)
    if (count !== 1 && count !== -1) return true
    const [high, low] = [symbols.high(at), symbols.low(at)]
    if (symbols.check(at) !== Math.imul(count, this.#keyed.check(high, low))) return true
    // No test gets here: it takes checks that collide, which only who knows the salt could search for.
    if (this.#peeled.length === this.length) return false
    this.#peeled.push(high, low, count === 1 ? -1 : 1)
    return this.#index.add()
  }

  /** No id is alone. Says whether more symbols may help: none can if one has no id, or one id other than once. */
  #stalled(budget: WorkBudget): DecoderState {
    const symbols = this.#symbols
    for (let index = 0; index < this.length; index += 1) {
      if (symbols.isEmpty(index)) continue
      const [high, low, count] = [symbols.high(index), symbols.low(index), symbols.count(index)]
      if ((high | low) === 0) return 'inconsistent'
      const [check, checkOfOne] = [symbols.check(index), this.#keyed.check(high, low)]
      const isOneId =
        check === checkOfOne || check === Math.imul(-1, checkOfOne) || check === Math.imul(count, checkOfOne)
      // That the count is 1 or -1 was looked at before: then its check is another's, with the sign turned round.
      if (isOneId) return 'inconsistent'
    }
    budget.left -= this.length
    return this.length === this.#symbolsMax ? 'exhausted' : 'wanting'
  }

  /** Everything seems peeled. It is true only if no symbol has anything left, we have all that is ours and nothing that is theirs. */
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
