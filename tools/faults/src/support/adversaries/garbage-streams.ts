import { SymbolEncoder, WorkBudget } from '@ts2p/reconciliation'
import type { CodedSymbols, KeyedId } from '@ts2p/reconciliation'
import type { Random } from '@ts2p/simulator'

/** What a liar may do: the ids of the set that it attacks are no secret to it. */
export interface Victim {
  readonly keyed: KeyedId
  /** The ids of its records, two words each. */
  readonly ids: Uint32Array
  /** Symbols that it reads at most. */
  readonly symbolsMax: number
}

/** Makes symbols that no set has, or hardly one. */
type Liar = (victim: Victim, random: Random) => CodedSymbols

/** The first symbols of a set. */
export function symbolsOf({ keyed, symbolsMax }: Victim, ids: Uint32Array): CodedSymbols {
  const encoder = new SymbolEncoder(ids, keyed)
  encoder.prepare(symbolsMax, new WorkBudget(Number.MAX_SAFE_INTEGER))
  return encoder.symbols(0, symbolsMax)
}

function word(random: Random): number {
  return random.integer(-(2 ** 31), 2 ** 31 - 1)
}

function randomIds(random: Random, count: number): Uint32Array {
  return Uint32Array.from({ length: 2 * count }, () => word(random))
}

/** Adds an id to a symbol, with the right check. */
function put(symbols: CodedSymbols, index: number, id: readonly [number, number], keyed: KeyedId, count: number): void {
  const [high, low] = id
  const check = symbols.check(index) + Math.imul(count, keyed.check(high, low))
  const words = [symbols.high(index) ^ high, symbols.low(index) ^ low, check, symbols.count(index) + count]
  symbols.words.set(words, index * 4)
}

/** All liars, by what they say. */
export const liars: ReadonlyMap<string, Liar> = new Map<string, Liar>([
  [
    'noise, counts and all',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      symbols.words.forEach((_, at) => (symbols.words[at] = word(random)))
      return symbols
    },
  ],
  [
    'noise that differs by one in each symbol',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      for (let index = 0; index < victim.symbolsMax; index += 1) {
        const count = symbols.count(index) + random.pick([-1, 1])
        symbols.words.set([word(random), word(random), word(random), count], index * 4)
      }
      return symbols
    },
  ],
  [
    'one id in every symbol',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      const id = [word(random), word(random)] as const
      for (let index = 0; index < victim.symbolsMax; index += 1) put(symbols, index, id, victim.keyed, 1)
      return symbols
    },
  ],
  [
    'another id in every symbol',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      for (let index = 0; index < victim.symbolsMax; index += 1) {
        put(symbols, index, [word(random), word(random)], victim.keyed, 1)
      }
      return symbols
    },
  ],
  [
    'a true stream with an id more in some symbols',
    (victim, random) => {
      const symbols = symbolsOf(victim, new Uint32Array([...victim.ids, ...randomIds(random, 50)]))
      for (let more = random.integer(1, 5); more > 0; more -= 1) {
        put(symbols, random.integer(0, 150), [word(random), word(random)], victim.keyed, 1)
      }
      return symbols
    },
  ],
  [
    'a true stream with bits turned round',
    (victim, random) => {
      const symbols = symbolsOf(victim, new Uint32Array([...victim.ids.subarray(16), ...randomIds(random, 20)]))
      for (let more = random.integer(1, 5); more > 0; more -= 1) {
        const at = random.integer(0, 24 * 4 - 1)
        symbols.words[at] = (symbols.words[at] ?? 0) ^ (1 << random.integer(0, 31))
      }
      return symbols
    },
  ],
  [
    'a record that is held two or three times',
    (victim, random) => {
      const id = [...randomIds(random, 1)]
      const times = random.integer(2, 3)
      return symbolsOf(victim, new Uint32Array([...victim.ids, ...Array.from({ length: times }, () => id).flat()]))
    },
  ],
  [
    'one of the own records twice',
    (victim, random) => {
      const at = 2 * random.integer(0, victim.ids.length / 2 - 1)
      return symbolsOf(victim, new Uint32Array([...victim.ids, ...victim.ids.subarray(at, at + 2)]))
    },
  ],
  [
    'without a record that is not there',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      symbols.subtract(symbolsOf(victim, randomIds(random, 1)), 0, victim.symbolsMax)
      return symbols
    },
  ],
  [
    'endless: every part of another set',
    (victim, random) => {
      const symbols = symbolsOf(victim, victim.ids)
      for (let start = 0; start < victim.symbolsMax; start += 400) {
        const other = symbolsOf(victim, randomIds(random, 200))
        const end = Math.min(victim.symbolsMax, start + 400)
        symbols.words.set(other.words.subarray(start * 4, end * 4), start * 4)
      }
      return symbols
    },
  ],
])
