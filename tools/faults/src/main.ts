// Runs each fault at its large count, in slices, and prints what held: pnpm faults
import { fileURLToPath } from 'node:url'
import { readArguments, usage } from './arguments.ts'
import type { FaultsArguments } from './arguments.ts'
import { describeCode } from './commit.ts'
import { describeMachine } from './machine.ts'
import { Progress } from './progress.ts'
import { rows } from './rows.ts'
import { runRows } from './run-rows.ts'
import { formatMarkdown, formatTable, verdictOf } from './table.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const progressPath = `${root}node_modules/.cache/ts2p-faults/progress.json`
const program = fileURLToPath(new URL('run-row.js', import.meta.url))
const report = (sentence: string): void => console.error(sentence)

const given = readGiven()
process.exitCode = given ? await act(given) : 2

/** What the command line asks for, or undefined when it is wrong and the reason was printed. */
function readGiven(): FaultsArguments | undefined {
  try {
    const names = rows.map(({ name }) => name)
    return readArguments(process.argv.slice(2), names)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    report(`${error.message}\n\n${usage}`)
    return undefined
  }
}

/** Does what the command line asks for. @returns the exit code */
async function act({ action, minutes, only, isFresh }: FaultsArguments): Promise<number> {
  if (action === 'help') console.log(usage)
  if (action === 'list') for (const { name, fault } of rows) console.log(`${name.padEnd(24)}${fault}`)
  if (action === 'markdown') {
    const last = Progress.last(progressPath, report)
    console.log(last ? formatMarkdown(rows, last) : 'No run is kept: pnpm faults begins one.')
  }
  if (action !== 'run') return 0
  if (isFresh) Progress.forget(progressPath)
  const progress = Progress.open(progressPath, { ...describeCode(root), machine: describeMachine() }, report)
  const chosen = rows.filter(({ name }) => only.includes(name))
  await runRows(chosen, {
    progress,
    ms: minutes * 60_000,
    program,
    onStep: ({ name, wanted }, { violations }) => {
      if (process.stderr.isTTY || violations.length > 0) report(`${name}: ${progress.of(name).done} of ${wanted}`)
    },
  })
  console.log(formatTable(chosen, progress))
  return chosen.some((row) => verdictOf(row, progress.of(row.name)) === 'VIOLATED') ? 1 : 0
}
