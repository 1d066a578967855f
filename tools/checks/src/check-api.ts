// The API reports: api-report.txt of each published package has its public declarations, as they are built. Fails if one differs from the
// code, and prints where. `--update` writes the reports.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { firstDifference } from './api/difference.ts'
import { apiReports } from './api/report.ts'
import type { Entry } from './api/report.ts'
import { root, workspacePackages } from './workspace.ts'

const isUpdate = process.argv.includes('--update')
const published = workspacePackages().filter(({ isPrivate }) => !isPrivate)
const reports = apiReports(published.map(({ name, folder }) => ({ name, entries: entriesOf(folder) })))

let different = 0
for (const { name, folder } of published) {
  const path = join(folder, 'api-report.txt')
  const report = reports.get(name) ?? ''
  const difference = firstDifference(existsSync(path) ? readFileSync(path, 'utf8') : '', report)
  if (difference === undefined) continue
  different += 1
  if (isUpdate) writeFileSync(path, report)
  console[isUpdate ? 'log' : 'error'](`${relative(root, path)}, ${difference}`)
}
console.log(`${published.length} API reports, ${different} ${isUpdate ? 'updated' : 'different'}.`)
if (different > 0 && !isUpdate) {
  console.error('`pnpm api` updates them. Commit them with the change.')
  process.exitCode = 1
}

/** The entry points of a package that have declarations. */
function entriesOf(folder: string): Entry[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly types: string }>>
  }
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [{ path, file: join(folder, target.types) }],
  )
}
