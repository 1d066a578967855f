import { posix } from 'node:path'
import { isTest } from './sources.ts'

/** How many source files a folder holds, tests and subfolders aside. */
export interface FolderSize {
  readonly folder: string
  readonly files: number
}

/** The sizes of the folders of these files, the largest first. */
export function folderSizes(paths: readonly string[]): FolderSize[] {
  const sizes = new Map<string, number>()
  for (const path of paths) {
    if (isTest(path)) continue
    const folder = posix.dirname(path)
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1)
  }
  return [...sizes].map(([folder, files]) => ({ folder, files })).toSorted((a, b) => b.files - a.files)
}
