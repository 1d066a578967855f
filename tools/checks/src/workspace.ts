import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

/** A package of the workspace. */
export interface WorkspacePackage {
  readonly name: string
  readonly folder: string
  readonly isPrivate: boolean
  readonly scripts: Readonly<Record<string, string>>
}

/** Every package of the workspace. */
export function workspacePackages(): WorkspacePackage[] {
  const folders = [
    ...['packages', 'tools'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
    ),
    ...['examples', 'benchmarks', 'site'].map((name) => join(root, name)),
  ]
  return folders.flatMap((folder) => {
    const manifest = join(folder, 'package.json')
    if (!existsSync(manifest)) return []
    const {
      name,
      private: isPrivate,
      scripts,
    } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      name: string
      private?: boolean
      scripts?: Record<string, string>
    }
    return [{ name, folder, isPrivate: isPrivate ?? false, scripts: scripts ?? {} }]
  })
}
