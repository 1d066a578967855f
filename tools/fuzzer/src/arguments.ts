/** What `pnpm sim` was asked for. */
export interface FuzzerArguments {
  /** The first seed, and how many. */
  readonly from: number
  readonly seeds: number
  /** Print everything that happens. */
  readonly isVerbose: boolean
  /** Processes that share the seeds. */
  readonly workers: number
}

const known = '--seeds N, --from N, --seed N, --workers N, --verbose'

/** Reads `--seeds N --from N`, or `--seed N` for one, `--workers N` and `--verbose`. @throws {RangeError} It is something else. */
export function readArguments(words: readonly string[]): FuzzerArguments {
  let [from, seeds, isVerbose, workers] = [1, 500, false, 1]
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--verbose') isVerbose = true
    else if (word === '--seeds') seeds = wholeNumber(word, rest.shift())
    else if (word === '--from') from = wholeNumber(word, rest.shift())
    else if (word === '--seed') [from, seeds] = [wholeNumber(word, rest.shift()), 1]
    else if (word === '--workers') workers = Math.max(1, wholeNumber(word, rest.shift()))
    else if (word !== '--') throw new RangeError(`${word} is not known. Use ${known}.`)
  }
  return { from, seeds, isVerbose, workers }
}

/** The command that runs a seed again. */
export function replayCommand(seed: number): string {
  return `npx --yes pnpm@12.21.0 sim --seed ${seed} --verbose`
}

function wholeNumber(option: string, word: string | undefined): number {
  const number = Number(word)
  if (word === undefined || !Number.isSafeInteger(number) || number < 0) {
    throw new RangeError(`${option} must be followed by a whole number, not ${word}.`)
  }
  return number
}
