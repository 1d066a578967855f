// The shape of the sources: no import cycle, no file over 350 lines, and one file that asks the world.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from './workspace.ts'

const linesMax = 350
const world = /\b(Date\.now|Math\.random|setTimeout|setInterval|performance\.now)\b/
/** Packages whose core must not ask the world: everything else gets its clock and chance from an Environment. */
const coreFolders = ['protocol', 'base', 'mesh', 'store', 'reconciliation', 'sync'].map((name) =>
  join(root, 'packages', name, 'src'),
)
const environmentFile = join(root, 'packages', 'base', 'src', 'system-environment.ts')

const sourceFolders = ['packages', 'tools'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'src')),
)
const pageFolder = join(root, 'packages', 'inspector', 'page')
const files = [...sourceFolders, pageFolder, join(root, 'benchmarks', 'src')].flatMap(sourcesIn)
const problems: string[] = []

for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n')
  if (lines.length > linesMax + 1)
    problems.push(`${shown(file)}: ${lines.length - 1} lines, ${linesMax} allowed: which noun is missing?`)
  const isCore = coreFolders.some((folder) => file.startsWith(folder)) && file !== environmentFile
  if (!isCore || isTest(file)) continue
  lines.forEach((line, index) => {
    const code = line.replace(/\/\/.*|^\s*\*.*/, '')
    if (world.test(code)) problems.push(`${shown(file)}:${index + 1}: asks the world; take it from the Environment`)
  })
}

const imports = new Map(files.map((file) => [file, importsOf(file)]))
const settled = new Set<string>()
for (const file of files) findCycle(file, [])

for (const problem of problems) console.error(problem)
console.log(`${files.length} files, ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file))
  } catch {
    return []
  }
}

function isTest(file: string): boolean {
  return /\.(test|test-helper)\.ts$/.test(file)
}

function importsOf(file: string): string[] {
  // Imports of types vanish; they tie no module to another when the program runs.
  const pattern = /^(?:import|export)\s+(?!type\b)[^'"]*?from\s+'(\.[^']+)'/gm
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, target]) => resolve(dirname(file), target ?? ''))
}

function findCycle(file: string, path: readonly string[]): void {
  if (settled.has(file)) return
  if (path.includes(file)) {
    problems.push(`import cycle: ${[...path.slice(path.indexOf(file)), file].map(shown).join(' -> ')}`)
    return
  }
  for (const target of imports.get(file) ?? []) findCycle(target, [...path, file])
  settled.add(file)
}

function shown(file: string): string {
  return relative(root, file)
}
