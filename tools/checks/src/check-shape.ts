// The shape of the sources: sizes of folders and files, import cycles, ways around the type checker, ambient I/O in the core, and
// packages that `turbo boundaries` has no rule for. Prints the figures, and fails if a limit is exceeded.
import { ambientLines } from './shape/ambient.ts'
import { findCycles } from './shape/cycles.ts'
import { escapesIn } from './shape/escapes.ts'
import { folderSizes } from './shape/folders.ts'
import { importsOf } from './shape/imports.ts'
import type { Import } from './shape/imports.ts'
import { isTest, readSources } from './shape/sources.ts'
import { readTags, tagProblems } from './shape/tags.ts'
import { root, workspacePackages } from './workspace.ts'

const folderFilesMax = 15
const linesMax = 350
/** How many of the largest folders and of the longest files are printed. */
const printedMax = 5

const sources = readSources(root)
const problems: string[] = []

const folders = folderSizes(sources.map(({ path }) => path))
for (const { folder, files } of folders.filter(({ files: count }) => count > folderFilesMax))
  problems.push(`${folder}: ${files} source files, ${folderFilesMax} allowed: which noun is a folder of its own?`)

const lengths = sources
  .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  .toSorted((a, b) => b.lines - a.lines)
for (const { path, lines } of lengths.filter(({ lines: count }) => count > linesMax))
  problems.push(`${path}: ${lines} lines, ${linesMax} allowed: which noun is missing?`)

const cycles = findCycles(sources.flatMap(importsOf))
for (const cycle of cycles.unexplained)
  problems.push(`import cycle: ${[...cycle.map(shown), cycle[0]?.from].join(' -> ')}`)
for (const each of cycles.stale) problems.push(`${shown(each)}: explains a cycle, and is part of none`)

const escapes = sources.flatMap(({ path, text }) => escapesIn(text).map((escape) => ({ path, ...escape })))
for (const { path, line, kind } of escapes)
  if (!isTest(path)) problems.push(`${path}:${line}: ${kind}; give the exact type`)

for (const source of sources)
  for (const line of ambientLines(source))
    problems.push(`${source.path}:${line}: ambient I/O in the core; take it from the Environment`)

const packages = workspacePackages()
const { rules } = readTags(root)
const untagged = packages.flatMap(({ name, folder }) => tagProblems({ name, tags: readTags(folder).tags }, rules))
problems.push(...untagged)

for (const problem of problems) console.error(problem)
console.log(`The largest folders, at most ${folderFilesMax} source files each:`)
for (const { folder, files } of folders.slice(0, printedMax)) console.log(`${String(files).padStart(7)}  ${folder}`)
console.log(`The longest files, at most ${linesMax} lines each:`)
for (const { path, lines } of lengths.slice(0, printedMax)) console.log(`${String(lines).padStart(7)}  ${path}`)
console.log(`Import cycles: ${cycles.unexplained.length}, and ${cycles.explained.length} explained`)
for (const each of cycles.explained) console.log(`         ${shown(each)}: ${each.reason}`)
for (const kind of ['any', 'double cast'] as const) {
  const [inTests, others] = [true, false].map((wanted) =>
    escapes.filter((each) => each.kind === kind && isTest(each.path) === wanted),
  )
  console.log(`Uses of ${kind}: ${others?.length}, and ${inTests?.length} in tests`)
}
console.log(`Packages without a rule for turbo boundaries: ${untagged.length} of ${packages.length}`)
console.log(`${sources.length} files, ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1

function shown({ from, line }: Import): string {
  return `${from}:${line}`
}
