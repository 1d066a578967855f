import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded source of chance: the same seed, the same draws. */
export class Random {
  readonly #generator

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
  }

  /** Uniform in [0, 1). */
  float(): number {
    return uniformFloat64(this.#generator)
  }

  /** Uniform whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return uniformInt(this.#generator, least, most)
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.float() < probability
  }

  /** One of the elements. */
  pick<T>(elements: readonly [T, ...T[]] | readonly T[]): T {
    const element = elements[this.integer(0, elements.length - 1)]
    if (element === undefined) throw new RangeError('Nothing to pick from.')
    return element
  }

  /** The elements in a random order (Fisher, Yates). */
  shuffle<T>(elements: readonly T[]): T[] {
    const rest = [...elements]
    const shuffled: T[] = []
    while (rest.length > 0) shuffled.push(...rest.splice(this.integer(0, rest.length - 1), 1))
    return shuffled
  }

  bytes(length: number): Uint8Array {
    if (length <= drawnBytesMax) return Uint8Array.from({ length }, () => this.integer(0, 255))
    return wordsFrom(this.integer(0, 2 ** 31 - 1), length)
  }
}

/** Bytes of more than this come from one draw: to draw each takes half of the time of some tests. */
const drawnBytesMax = 64

/** Mulberry32 (Tommy Ettinger, 2017). */
function wordsFrom(seed: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4))
  let state = seed
  for (let index = 0; index < words.length; index += 1) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    words[index] = mixed ^ (mixed >>> 14)
  }
  return new Uint8Array(words.buffer, 0, length)
}
