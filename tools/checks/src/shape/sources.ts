import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of the sources. */
export interface Source {
  /** Relative to the root, with slashes. */
  readonly path: string
  readonly text: string
}

/** What a folder of the sources holds that nobody wrote, or that is not a source of ours. */
const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'generated', 'cache', '.turbo', '.test-results'])

/** Reads the sources of every package, with their tests, and without generated files. */
export function readSources(root: string): Source[] {
  const folders = ['packages', 'tools'].flatMap((parent) =>
    readdirSync(join(root, parent)).flatMap((name) => [`${parent}/${name}/src`, `${parent}/${name}/page`]),
  )
  return [...folders, 'benchmarks/src', 'examples', 'site'].flatMap((folder) => pathsIn(root, folder)).map(read)

  function read(path: string): Source {
    return { path, text: readFileSync(join(root, path), 'utf8') }
  }
}

/** Whether a file is a test, or only helps tests. */
export function isTest(path: string): boolean {
  return /\.(test|test-helper)\.tsx?$/.test(path)
}

function pathsIn(root: string, folder: string): string[] {
  return entriesOf(join(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pathsIn(root, path)
    return /\.(ts|tsx|js|mjs|cjs)$/.test(entry.name) ? [path] : []
  })
}

/** The entries of a folder; none if there is no such folder. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
