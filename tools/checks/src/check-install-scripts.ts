// Nothing that a published package depends on, however far down, runs a script when it is installed.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { workspacePackages } from './workspace.ts'

/** What is asked of a manifest. */
interface Manifest {
  readonly name: string
  readonly version: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Those whose script need not run, to the letter of the script; docs/decisions/0007-persistence.md has the reason. */
const excused: ReadonlyMap<string, string> = new Map([['classic-level', 'install: node-gyp-build']])

const seen = new Set<string>()
const excusesUsed = new Set<string>()
const problems: string[] = []
for (const { name, folder, isPrivate } of workspacePackages()) if (!isPrivate) visit(realpathSync(folder), [name])
for (const name of excused.keys())
  if (!excusesUsed.has(name))
    problems.push(`${name} is excused, and no published package needs that: take it from the list`)

for (const problem of problems) console.error(problem)
console.log(`${seen.size} packages, ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1

function visit(folder: string, path: readonly string[]): void {
  if (seen.has(folder)) return
  seen.add(folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  for (const script of scriptsOf(manifest, folder)) {
    if (excused.get(manifest.name) === script) excusesUsed.add(manifest.name)
    else problems.push(`${path.join(' -> ')} (${manifest.version}) runs a script when it is installed: ${script}`)
  }
  const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
  for (const dependency of needed) {
    const target = folderOf(dependency, folder)
    // What is optional may be missing: it is for another platform.
    if (target !== undefined) visit(target, [...path, dependency])
    else if (dependency in (manifest.dependencies ?? {}))
      problems.push(`${[...path, dependency].join(' -> ')} is not installed, so nothing can be said of it`)
  }
}

/** What npm would run. A `binding.gyp` without a script has npm run node-gyp. */
function scriptsOf({ scripts = {} }: Manifest, folder: string): string[] {
  const names = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts)
  if (names.length === 0 && existsSync(join(folder, 'binding.gyp'))) return ['install: node-gyp rebuild']
  return names.map((name) => `${name}: ${scripts[name] ?? ''}`)
}

/** Where Node finds a package from a folder; undefined: nowhere. */
function folderOf(name: string, from: string): string | undefined {
  const candidate = join(from, 'node_modules', name)
  if (existsSync(candidate)) return realpathSync(candidate)
  const parent = dirname(from)
  return parent === from ? undefined : folderOf(name, parent)
}
