import { randomBytes, randomInt } from 'node:crypto'

/** Bytes of a value and of a message. */
const valueBytes = 100

/** Keys to use: texts of 10 characters. */
export function sampleKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${String(index).padStart(6, '0')}`)
}

/** A value that does not compress, in memory of its own. */
export function sampleBytes(): Uint8Array {
  return new Uint8Array(randomBytes(valueBytes))
}

/** A value of as many ASCII characters. */
export function sampleText(): string {
  return randomBytes(valueBytes).toString('base64').slice(0, valueBytes)
}

/** The same in another order. */
export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, rank: randomInt(2 ** 47) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value)
}
