// Every dependency of a published package that is not ours has its line, and its page, in docs/decisions.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspacePackages } from './workspace.ts'

const decisions = join(root, 'docs', 'decisions')
const lines = readFileSync(join(decisions, '0001-runtime-dependencies.md'), 'utf8')
const pages = readFileSync(join(decisions, 'dependencies', 'README.md'), 'utf8')
const files = new Set(readdirSync(join(decisions, 'dependencies')))

const packages = workspacePackages()
const ours = new Set(packages.map(({ name }) => name))
const needed = packages.filter(({ isPrivate }) => !isPrivate).flatMap(({ folder }) => dependenciesIn(folder))
const theirs = [...new Set(needed)].filter((name) => !ours.has(name)).toSorted()

const problems = theirs.flatMap((name) => {
  const page = new RegExp(`^\\| ${escaped(name)} +\\| \\[[^\\]]+\\]\\(([^)]+)\\)`, 'm').exec(pages)?.[1]
  return [
    ...(new RegExp(`^\\| ${escaped(name)} +\\|`, 'm').test(lines)
      ? []
      : [`${name} has no line in 0001-runtime-dependencies.md`]),
    ...(page !== undefined && files.has(page) ? [] : [`${name} has no page in docs/decisions/dependencies`]),
  ]
})
for (const problem of problems) console.error(problem)
console.log(`${theirs.length} dependencies, ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1

function dependenciesIn(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, object | undefined>
  // Not those of peers: users have them anyway.
  const kinds = ['dependencies', 'optionalDependencies']
  return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}))
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
