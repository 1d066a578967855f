// Runs a command of the repository: `pnpm bench --full` is `node tools/run.js bench --full`. Without arguments it prints all commands.
// It needs no build and no dependency, so that it works right after `pnpm install`.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Command
 * @property {string} does One line for the list of commands.
 * @property {readonly string[]} [filters] The packages of the turbo task, as turbo's filters; none: every package.
 * @property {string} [task] The turbo task that runs first. Default: `build` if there are filters, else no task.
 * @property {string} [logs] What turbo prints of its tasks. Default: `errors-only`.
 * @property {string} [program] What Node runs after the task. Without one the arguments are turbo's.
 * @property {readonly string[]} [nodeOptions] Options of Node, for the program.
 * @property {readonly string[]} [parameters] Parameters of the program, before the arguments that are given.
 */

const benchmarks = ['@ts2p/benchmarks...']
const changesets = 'node_modules/@changesets/cli/bin.js'

/** @type {Readonly<Record<string, Command>>} */
const commands = {
  test: {
    does: 'runs every test, or those of the packages that are named; --slow, --full',
    filters: ['@ts2p/checks...'],
    program: 'tools/checks/dist/run-tests.js',
  },
  check: {
    does: 'checks what can be checked without running: format, types, lint, shape, links, spelling, packages',
    task: 'build',
    program: 'tools/checks/dist/run-checks.js',
  },
  demo: {
    does: 'shows real processes that share a dictionary; one is killed, and a lease changes hands',
    filters: ['@ts2p/demo...'],
    program: 'tools/demo/dist/main.js',
  },
  build: { does: 'builds every package', task: 'build', logs: 'full' },
  format: { does: 'formats every file', program: 'node_modules/oxfmt/bin/oxfmt' },
  api: {
    does: 'writes the API report of each published package, which check compares with the code',
    filters: ['@ts2p/checks...', './packages/*'],
    program: 'tools/checks/dist/check-api.js',
    parameters: ['--update'],
  },
  sim: {
    does: 'simulates random networks, and large ones; --full, --seeds N, --seed N, --workers N',
    filters: ['@ts2p/checks...', '@ts2p/fuzzer...', '@ts2p/scale...'],
    program: 'tools/checks/dist/run-simulations.js',
  },
  'sim:locks': {
    does: 'simulates networks whose nodes contend for a lock; --seeds N, --seed N, --workers N, --divided',
    filters: ['@ts2p/fuzzer...'],
    program: 'tools/fuzzer/dist/locks/main.js',
  },
  'sim:mesh': {
    does: 'simulates networks of up to 10,000 nodes and draws their charts; --only NAME, --nodes-max N',
    filters: ['@ts2p/scale...'],
    program: 'tools/scale/dist/main.js',
    nodeOptions: ['--max-old-space-size=12000'],
  },
  prove: {
    does: 'tries every history of three nodes and four writes, and the algebra of merging',
    filters: ['@ts2p/store'],
    task: 'prove',
    logs: 'full',
  },
  mutate: {
    does: 'changes the code that settles conflicts in every small way: the tests must notice',
    filters: ['@ts2p/mutation...', '@ts2p/store...'],
    program: 'tools/mutation/dist/main.js',
  },
  faults: {
    does: 'injects every fault at its large count; --minutes N, --only NAME',
    filters: ['@ts2p/faults...'],
    program: 'tools/faults/dist/main.js',
  },
  bench: {
    does: 'measures ts2p beside js2p, in one run; --full for figures',
    filters: benchmarks,
    program: 'benchmarks/dist/both.js',
  },
  'bench:charts': {
    does: 'measures and draws the charts of benchmarks/README.md; --quick, --draw',
    filters: benchmarks,
    program: 'benchmarks/dist/charts/main.js',
  },
  'bench:versions': {
    does: 'measures this checkout beside another one that is built: --before FOLDER, --pairs N',
    filters: benchmarks,
    program: 'benchmarks/dist/versions/main.js',
  },
  'bench:mesh': {
    does: 'measures the mesh beside gossipsub and bare trees',
    filters: benchmarks,
    program: 'benchmarks/dist/mesh/main.js',
  },
  'bench:persistence': {
    does: 'measures what persistence costs',
    filters: benchmarks,
    program: 'benchmarks/dist/persistence/main.js',
  },
  'bench:reconciliation': {
    does: 'measures the reconciliation of two sets',
    filters: benchmarks,
    program: 'benchmarks/dist/reconciliation/main.js',
  },
  'bench:signing': {
    does: 'measures what signatures cost',
    filters: benchmarks,
    program: 'benchmarks/dist/signing/main.js',
  },
  'bench:pages': {
    does: 'measures what broadcasts cost a node in a page of Chromium',
    filters: benchmarks,
    program: 'benchmarks/dist/pages/main.js',
  },
  'bench:hostile': {
    does: 'measures what share of a core one hostile link costs a node; --only NAME, --seconds N',
    filters: benchmarks,
    program: 'benchmarks/dist/hostile/main.js',
  },
  size: {
    does: 'measures the packages in a page and compares their sizes with the bounds',
    filters: ['@ts2p/size...'],
    program: 'tools/size/dist/main.js',
  },
  screenshot: {
    does: 'takes the picture of the inspector, docs/inspector.png, with a real Chromium',
    filters: ['@ts2p/screenshot...'],
    program: 'tools/screenshot/dist/main.js',
  },
  'docs:dev': {
    does: 'serves the documentation as a site, and follows changes',
    filters: ['@ts2p/site'],
    task: 'dev',
    logs: 'full',
  },
  'docs:build': { does: 'builds the site', filters: ['@ts2p/site'], task: 'site' },
  changeset: { does: 'asks what a change means for users, and writes a changeset', program: changesets },
  'version-packages': {
    does: 'applies the changesets to the versions and changelogs',
    program: changesets,
    parameters: ['version'],
  },
  tarballs: {
    does: 'packs the packages as they would be published, to install them elsewhere',
    filters: ['@ts2p/release...', './packages/*'],
    program: 'tools/release/dist/main.js',
    parameters: ['--pack'],
  },
  release: {
    does: 'publishes the packages; --dry publishes to a registry in memory and uses them as users do',
    filters: ['@ts2p/release...'],
    program: 'tools/release/dist/main.js',
  },
  prepare: { does: 'generates the code of the protocol; pnpm runs it after an installation', task: 'generate' },
}

const root = fileURLToPath(new URL('..', import.meta.url))
const [name, ...rest] = process.argv.slice(2)
// pnpm leaves the separator of `pnpm bench -- --full` in place.
const given = rest[0] === '--' ? rest.slice(1) : rest
const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined

if (command !== undefined) {
  process.exitCode = await run(command)
} else if (name === undefined) {
  console.log(list())
} else {
  console.error(`There is no command ${name}.\n\n${list()}`)
  process.exitCode = 2
}

/**
 * Runs the turbo task of a command, then its program.
 * @param {Command} command
 * @returns {Promise<number>} the exit code of the first of the two that fails, else 0
 */
async function run({ filters, task = filters && 'build', logs = 'errors-only', program, nodeOptions, parameters }) {
  // The children inherit both. Commands that they run find the tools of the workspace in the path, whoever started this process.
  process.env['TURBO_TELEMETRY_DISABLED'] = '1'
  process.env['PATH'] = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  if (task !== undefined) {
    const selected = (filters ?? []).map((filter) => `--filter=${filter}`)
    const words = ['run', task, ...selected, `--output-logs=${logs}`, ...(program === undefined ? given : [])]
    const code = await runNode(['node_modules/turbo/bin/turbo', ...words])
    if (code !== 0) return code
  }
  return program === undefined ? 0 : runNode([...(nodeOptions ?? []), program, ...(parameters ?? []), ...given])
}

/**
 * Runs Node in the root, with this process's input and output. A signal to this process goes to the child, and one that ends
 * the child ends this process too.
 * @param {readonly string[]} words
 * @returns {Promise<number>} the child's exit code
 */
function runNode(words) {
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' })
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the child as well, which must not get it twice.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward)
      if (signal === null) resolve(code ?? 1)
      else process.kill(process.pid, signal)
    })
  })
}

/** @returns {string} each command, with one line on what it does */
function list() {
  const width = Math.max(...Object.keys(commands).map((each) => each.length))
  const lines = Object.entries(commands).map(([each, { does }]) => `  ${each.padEnd(width)}  ${does}`)
  return ['pnpm COMMAND [ARGUMENTS]', '', ...lines].join('\n')
}
