// The root's test command: every package's tests, or those of the packages named, with what they need built; cached by turbo. The last line
// has their sum, and the failures come before it. With --slow, the slowest files come before it. With --full, the counts are large, as with TS2P_FULL=1.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run, runInherited } from './run.ts'
import { root, workspacePackages } from './workspace.ts'

/** The part of vitest's JSON report that is summed. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    /** The file. */
    readonly name: string
    /** Milliseconds since 1970. */
    readonly startTime: number
    readonly endTime: number
    readonly status: string
    /** Why the file could not be run, or empty. */
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** The package whose tests take longest: they must not begin when the others have ended. */
const longestPackages: ReadonlySet<string> = new Set(['@ts2p/examples'])
/** Packages whose tests mostly wait for other processes. */
const waitingPackages: ReadonlySet<string> = new Set([
  '@ts2p/cli',
  '@ts2p/demo',
  '@ts2p/inspector',
  '@ts2p/persistence-level',
  '@ts2p/reference',
])
/** How many of the slowest files --slow prints. */
const slowFiles = 20

const words = process.argv.slice(2).filter((word) => word !== '--')
const isSlowWanted = words.includes('--slow')
if (words.includes('--full')) process.env['TS2P_FULL'] = '1'
const named = words.filter((word) => word !== '--slow' && word !== '--full')
const all = workspacePackages().filter(({ scripts }) => scripts['test'] !== undefined)
const unknown = named.filter((name) => all.every((each) => each.name !== name))
if (unknown.length > 0) {
  console.error(
    `No package ${unknown.join(', ')} has tests. Those that have: ${all.map(({ name }) => name).join(', ')}. The options are --slow and --full.`,
  )
  process.exit(2)
}
const tested = all.filter(({ name }) => named.length === 0 || named.includes(name))
const summaryOf = (folder: string): string => join(folder, '.test-results', 'summary.json')

// A summary of an earlier run must not stand in for one that was not written; turbo brings back those of cached runs.
for (const { folder } of tested) rmSync(summaryOf(folder), { force: true })
const filters = (packages: typeof tested): string => packages.map(({ name }) => ` --filter=${name}`).join('')
// Tests that wait for processes and browsers run beside tests that compute: together they keep the processors busy to the end.
const isLong = ({ name }: (typeof tested)[number]): boolean => longestPackages.has(name)
const isWaiting = ({ name }: (typeof tested)[number]): boolean => waitingPackages.has(name)
const lanes = [
  { concurrency: 1, packages: tested.filter(isLong) },
  { concurrency: 1, packages: tested.filter(isWaiting) },
  { concurrency: 2, packages: tested.filter((each) => !isLong(each) && !isWaiting(each)) },
].filter(({ packages }) => packages.length > 0)
const succeeded =
  run(`turbo run build --output-logs=new-only${filters(tested)}`) &&
  (
    await Promise.all(
      lanes.map(({ concurrency, packages }) =>
        runInherited(
          `turbo run test --continue --concurrency=${concurrency} --output-logs=new-only${filters(packages)}`,
        ),
      ),
    )
  ).every(Boolean)

let passed = 0
let failed = 0
let skipped = 0
const files: { readonly path: string; readonly seconds: number }[] = []
const failures: string[] = []
for (const { name, folder } of tested) {
  if (!existsSync(summaryOf(folder))) {
    console.error(`${name}: its tests did not run to the end`)
    failed += 1
    continue
  }
  const report = JSON.parse(readFileSync(summaryOf(folder), 'utf8')) as Report
  // A file that cannot be loaded, or prepared, fails without a test in it that does.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((each) => each.status !== 'failed'),
  )
  if (report.numPassedTests + report.numFailedTests + brokenFiles.length === 0) {
    console.error(`${name}: it has no test`)
    failed += 1
  }
  passed += report.numPassedTests
  failed += report.numFailedTests + brokenFiles.length
  skipped += report.numPendingTests + report.numTodoTests
  for (const { name: path, startTime, endTime, assertionResults } of report.testResults) {
    files.push({ path: relative(root, path), seconds: (endTime - startTime) / 1000 })
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') failures.push(`${relative(root, path)}: ${fullName}\n${failureMessages?.join('\n')}`)
  }
  for (const { name: path, message } of brokenFiles) failures.push(`${relative(root, path)}: ${message}`)
  console.log(`${name}: ${report.numPassedTests} passed, ${report.numFailedTests + brokenFiles.length} failed`)
}
if (isSlowWanted) {
  console.log(`\nThe ${slowFiles} slowest files:`)
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, slowFiles)
  for (const { path, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${path}`)
}
for (const failure of failures) console.log(`FAILED ${failure}`)
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = succeeded && failed === 0 && passed > 0 ? 0 : 1
