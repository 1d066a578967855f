import { UsageError } from '../failure.ts'

/** The words of a line, as a shell reads them: quotes hold words together, a backslash takes the next character as it is. @throws {UsageError} */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index)
    if (character === '\\' && quote !== "'" && index + 1 < line.length) {
      index += 1
      word = (word ?? '') + line.charAt(index)
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined
      else word = (word ?? '') + character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote !== undefined) throw new UsageError(`A quote is not closed: ${quote}`)
  return word === undefined ? words : [...words, word]
}

/** A word as it must be written to be read as one. */
export function quoted(word: string): string {
  return /^[\w/.:@~+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
