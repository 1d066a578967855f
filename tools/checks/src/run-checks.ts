// The root's check command: everything that can be said of the code without running it.
import { run } from './run.ts'
import { workspacePackages } from './workspace.ts'

const published = workspacePackages().filter(({ isPrivate }) => !isPrivate)

const checks: readonly { readonly what: string; readonly passes: () => boolean }[] = [
  { what: 'format', passes: () => run('oxfmt --check') },
  {
    what: 'types',
    passes: () =>
      ['.', 'examples', 'packages/persistence-indexeddb', 'packages/inspector/page', 'site'].every((folder) =>
        run(`tsc -p ${folder}/tsconfig.json`),
      ),
  },
  { what: 'lint', passes: () => run('oxlint --type-aware --deny-warnings') },
  { what: 'manifests', passes: () => run('sherif') },
  { what: 'the ladder of packages', passes: () => run('turbo boundaries') },
  { what: 'unused exports and dependencies', passes: () => run('knip') },
  { what: 'addresses and paths', passes: () => run('node tools/checks/dist/check-addresses.js') },
  { what: 'import cycles and file lengths', passes: () => run('node tools/checks/dist/check-shape.js') },
  { what: 'pages on dependencies', passes: () => run('node tools/checks/dist/check-dependencies.js') },
  { what: 'scripts at installation', passes: () => run('node tools/checks/dist/check-install-scripts.js') },
  { what: 'links', passes: () => run('node site/dist/check-links.js') },
  { what: 'spelling', passes: () => run('pnpm --filter @ts2p/site exec cspell --no-progress') },
  { what: 'the site', passes: () => run('turbo run site --filter=@ts2p/site --output-logs=errors-only') },
  ...published.flatMap(({ name, folder }) => [
    { what: `publint of ${name}`, passes: () => run('publint --strict', { in: folder }) },
    {
      what: `types as users get them of ${name}`,
      passes: () => run('attw --pack . --profile esm-only --quiet', { in: folder }),
    },
  ]),
]

const failures: string[] = []
for (const { what, passes } of checks) {
  console.log(`\n== ${what}`)
  if (!passes()) failures.push(what)
}
console.log(failures.length === 0 ? '\nAll checks passed.' : `\nChecks failed: ${failures.join(', ')}.`)
process.exitCode = failures.length === 0 ? 0 : 1
