import { parseArgs } from 'node:util'

/** What `--help` prints. */
export const usage = `pnpm faults [--minutes N] [--only NAME,…] [--fresh] [--list] [--markdown]
  --minutes N    how long to run, default 10; the next run continues where this one stopped
  --only NAME,…  only these rows
  --fresh        forgets the progress of earlier runs
  --list         prints the names of the rows and runs nothing
  --markdown     prints the table of the last run as Markdown and runs nothing
  --help         prints this and runs nothing`

/** What the command line asks for. */
export interface FaultsArguments {
  readonly action: 'run' | 'list' | 'markdown' | 'help'
  readonly minutes: number
  /** The names of the rows to run, in the order of the table. */
  readonly only: readonly string[]
  readonly isFresh: boolean
}

/**
 * Reads the command line.
 *
 * @param words the command line without the program
 * @param names the names of all rows
 * @throws {TypeError} when an option is unknown or its value makes no sense; its message is one sentence
 */
export function readArguments(words: readonly string[], names: readonly string[]): FaultsArguments {
  const { values } = parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      minutes: { type: 'string', default: '10' },
      only: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const minutes = Number(values.minutes)
  if (values.minutes.trim() === '' || !Number.isFinite(minutes) || minutes <= 0) {
    throw new TypeError(`--minutes takes a number above 0, not '${values.minutes}'.`)
  }
  const wanted = values.only?.split(',')
  const unknown = wanted?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new TypeError(`There is no row '${unknown}'; --list prints the names.`)
  const action = values.help ? 'help' : values.list ? 'list' : values.markdown ? 'markdown' : 'run'
  const only = wanted ? names.filter((name) => wanted.includes(name)) : names
  return { action, minutes, only, isFresh: values.fresh }
}
