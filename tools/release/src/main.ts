// `pnpm release` publishes; `pnpm release --dry` proves that it can, against a registry in memory, and leaves no trace.
import { dryRun } from './dry-run.ts'
import { publish } from './publish.ts'

const [, , ...parameters] = process.argv
const unknown = parameters.filter((parameter) => parameter !== '--dry')
if (unknown.length > 0) {
  console.error(`There is no option ${unknown.join(' ')}. release publishes, release --dry tries everything without.`)
  process.exitCode = 2
} else {
  process.exitCode = parameters.includes('--dry') ? await dryRun() : publish()
}
