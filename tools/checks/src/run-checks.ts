// The root's check command: everything that can be said of the code without running it. As many checks run at a time as there are cores.
import { availableParallelism } from 'node:os'
import { runBeside } from './run.ts'
import { workspacePackages } from './workspace.ts'

/** A check that is passed if every command succeeds, one after the other. */
interface Check {
  readonly what: string
  readonly commands: readonly string[]
  readonly in?: string
}

const published = workspacePackages().filter(({ isPrivate }) => !isPrivate)
const typed = ['.', 'examples', 'packages/persistence-indexeddb', 'packages/inspector/page', 'site']

// Those that take longest come first.
const checks: readonly Check[] = [
  { what: 'the site', commands: ['turbo run site --filter=@ts2p/site --output-logs=errors-only'] },
  { what: 'lint', commands: ['oxlint --type-aware --deny-warnings'] },
  { what: 'types', commands: typed.map((folder) => `tsc -p ${folder}/tsconfig.json`) },
  { what: 'spelling', commands: ['pnpm --filter @ts2p/site exec cspell --no-progress'] },
  ...published.map(({ name, folder }) => ({
    // Both pack the package, in its folder.
    what: `${name} as users get it`,
    commands: ['publint --strict', 'attw --pack . --profile esm-only --quiet'],
    in: folder,
  })),
  { what: 'unused exports and dependencies', commands: ['knip'] },
  { what: 'format', commands: ['oxfmt --check'] },
  { what: 'manifests', commands: ['sherif'] },
  { what: 'the ladder of packages', commands: ['turbo boundaries'] },
  { what: 'addresses and paths', commands: ['node tools/checks/dist/check-addresses.js'] },
  { what: 'the shape of the sources', commands: ['node tools/checks/dist/check-shape.js'] },
  { what: 'the words of the field', commands: ['node tools/checks/dist/check-words.js'] },
  { what: 'API reports', commands: ['node tools/checks/dist/check-api.js'] },
  { what: 'pages on dependencies', commands: ['node tools/checks/dist/check-dependencies.js'] },
  { what: 'scripts at installation', commands: ['node tools/checks/dist/check-install-scripts.js'] },
  { what: 'links', commands: ['node site/dist/check-links.js'] },
]

const failures: string[] = []
const left = checks.values()
await Promise.all(Array.from({ length: availableParallelism() }, () => runThoseLeft()))
console.log(failures.length === 0 ? '\nAll checks passed.' : `\nChecks failed: ${failures.join(', ')}.`)
process.exitCode = failures.length === 0 ? 0 : 1

async function runThoseLeft(): Promise<void> {
  for (const check of left) await runCheck(check)
}

async function runCheck({ what, commands, in: folder }: Check): Promise<void> {
  const startedAt = performance.now()
  let output = ''
  let isGood = true
  for (const command of commands) {
    const result = await runBeside(command, folder === undefined ? {} : { in: folder })
    output += result.output
    isGood &&= result.isGood
  }
  if (!isGood) failures.push(what)
  console.log(
    `\n== ${what}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s${isGood ? '' : ': FAILED'}\n${output.trim()}`,
  )
}
