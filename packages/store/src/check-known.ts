import { InvalidArgumentError } from './errors.ts'

// A copy of what `base` has, with another error: this package depends on no other of ts2p.

/**
 * Checks that options have known names only, so that a misspelled one fails at once and is not ignored. An option whose value is `undefined`
 * counts as not given, but its name must be known.
 * @param name - Of the argument, such as 'options': the error names `options.port`.
 * @throws {InvalidArgumentError} They are no object, or one of them is unknown. The error says which known name is nearest.
 */
export function checkKnown(name: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) {
    throw new InvalidArgumentError({ argument: name, expected: 'an object' })
  }
  const unknown = Object.keys(given).find((each) => !known.includes(each))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, known)
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  const path = `${name}.${unknown}`
  throw new InvalidArgumentError({
    argument: path,
    sentence: `${path} is no option.${suggestion} The options are ${known.join(', ')}.`,
  })
}

/** The known name that was probably meant: the nearest one, if at most a third of its characters differ. */
function nearestName(given: string, known: readonly string[]): string | undefined {
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const distance = alignmentDistance(given.toLowerCase(), name.toLowerCase())
    const isNear = distance <= Math.max(given.length, name.length) / 3
    if (isNear && (nearest === undefined || distance < nearest.distance)) nearest = { name, distance }
  }
  return nearest?.name
}

/**
 * The optimal string alignment distance, which is the restricted Damerau-Levenshtein distance: how many characters must be inserted,
 * deleted, replaced or swapped with their neighbor, where no part of the text is edited twice.
 */
function alignmentDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
