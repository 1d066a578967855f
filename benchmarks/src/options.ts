import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  readonly runs: number
  /** The rows wanted; undefined: all. */
  readonly only: readonly string[] | undefined
  readonly isJson: boolean
  readonly isQuick: boolean
  readonly size: { readonly keys: number; readonly messages: number }
}

/** For figures, and for trying. */
const fullSize = { keys: 10_000, messages: 1000 }
const quickSize = { keys: 1000, messages: 200 }

/** How a script of this name is used. */
export function usageOf(script: string): string {
  return `pnpm ${script} [options]
  --only <row>  one row; may be given several times
  --runs <n>    runs of every case, default 3 (1 with --quick); medians are shown
  --quick       less of everything, to try it
  --json        all figures as JSON instead of the table
  --help        this text`
}

/** Reads the command line; undefined: help is asked for. @throws {TypeError} It is not understood. */
export function optionsOf(args: readonly string[], rowNames: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    // pnpm and others pass on the -- that separates their arguments from the script's.
    args: args.filter((arg) => arg !== '--'),
    options: {
      only: { type: 'string', multiple: true },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const runs = Number(values.runs ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(runs) || runs < 1) throw new TypeError('--runs takes a whole number, at least 1')
  const unknown = values.only?.find((name) => !rowNames.includes(name))
  if (unknown !== undefined) throw new TypeError(`there is no row '${unknown}': choose from ${rowNames.join(', ')}`)
  const { only, json: isJson, quick: isQuick } = values
  return { runs, only, isJson, isQuick, size: isQuick ? quickSize : fullSize }
}
