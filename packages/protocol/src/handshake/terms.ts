import { bytesFromText } from '../text.ts'

/** What nodes of a subnet must have in common for a layer above the mesh. */
export interface Term {
  /** The name of the layer's channel, a dot, and the name of the term. */
  readonly name: string
  readonly value: string
}

/** Most terms of a subnet, and most bytes of a name and of a value, in UTF-8. */
export const termsMax = 32
const textBytesMax = 128

/** @throws {RangeError} They are too many or too long, not in ascending order of their names, or hold a control character. */
export function assertTerms(terms: readonly Term[]): void {
  if (terms.length > termsMax) throw new RangeError(`${terms.length} terms, at most ${termsMax}`)
  terms.forEach(({ name, value }, index) => {
    const before = terms[index - 1]
    if (before && before.name >= name) throw new RangeError('not in ascending order of their names')
    for (const text of [name, value]) {
      // eslint-disable-next-line no-control-regex -- the character that separates terms in the subnet's hash is one
      if (/[\u0000-\u001f]/u.test(text)) throw new RangeError('a control character')
      if (bytesFromText(text).length > textBytesMax) throw new RangeError(`a text of more than ${textBytesMax} bytes`)
    }
  })
}

/** What differs, in words: each term with its value here and there. */
export function termDifferences(ours: readonly Term[], theirs: readonly Term[]): string[] {
  const here = new Map(ours.map(({ name, value }) => [name, value]))
  const there = new Map(theirs.map(({ name, value }) => [name, value]))
  const names = [...new Set([...here.keys(), ...there.keys()])].toSorted()
  return names
    .filter((name) => here.get(name) !== there.get(name))
    .map((name) => `${name} is ${here.get(name) ?? 'absent'} here and ${there.get(name) ?? 'absent'} there`)
}
