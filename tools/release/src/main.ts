// `pnpm release` publishes; `pnpm release --dry` proves that it can, against a registry in memory, and leaves no trace; `pnpm tarballs`
// packs what would be published.
import { dryRun } from './dry-run.ts'
import { publish } from './publish.ts'
import { packTarballs } from './tarballs.ts'

const [, , ...parameters] = process.argv
const [option, ...unknown] = parameters
if (unknown.length > 0 || ![undefined, '--dry', '--pack'].includes(option)) {
  console.error(`release does not take ${parameters.join(' ')}. It publishes; release --dry tries everything without.`)
  process.exitCode = 2
} else if (option === '--pack') {
  await packTarballs()
} else {
  process.exitCode = option === '--dry' ? await dryRun() : publish()
}
