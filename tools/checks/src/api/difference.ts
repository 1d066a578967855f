/** How many lines of each side are shown. */
const shownMax = 5

/**
 * Where two reports differ first.
 * @returns the number of the line, and the lines from there on of the first (`-`) and of the second (`+`); undefined if the reports are equal
 */
export function firstDifference(before: string, after: string): string | undefined {
  if (before === after) return undefined
  const [old, current] = [before.split('\n'), after.split('\n')]
  const start = old.findIndex((line, index) => line !== current[index])
  const at = start === -1 ? old.length : start
  return [`line ${at + 1}:`, ...shown('-', old, current, at), ...shown('+', current, old, at)].join('\n')
}

/** The lines from a place on, up to those with which both end. */
function shown(sign: string, lines: readonly string[], others: readonly string[], at: number): string[] {
  let [end, otherEnd] = [lines.length, others.length]
  while (end > at && otherEnd > at && lines[end - 1] === others[otherEnd - 1]) {
    end -= 1
    otherEnd -= 1
  }
  const differing = lines.slice(at, end)
  const cut = differing.slice(0, shownMax).map((line) => `${sign} ${line}`)
  return differing.length > shownMax ? [...cut, `${sign} … ${differing.length - shownMax} more lines`] : cut
}
