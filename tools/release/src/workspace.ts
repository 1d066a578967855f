import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Manifest } from './manifest.ts'

/** The root of the repository that this program is part of. */
export const checkout: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** The folders of the packages of a repository that are for the public. */
export function publicFolders(root: string): string[] {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  return folders.filter((folder) => readManifest(folder).private !== true)
}

/** Their manifests, by folder from the repository's root. */
export function publicManifests(root: string): Map<string, Manifest> {
  return new Map(publicFolders(root).map((folder) => [relative(root, folder), readManifest(folder)]))
}

/** The texts of the changesets that are not applied yet. */
export function changesetsOf(root: string): string[] {
  const folder = join(root, '.changeset')
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')
  return names.map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** The one version that the workspace's catalog has of a tool. @throws {Error} It has none, or a range. */
export function catalogVersion(root: string, name: string): string {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').split('\ncatalog:\n')[1] ?? ''
  const line = catalog.split('\n').find((each) => each.trim().startsWith(`${name}: `))
  const version = line?.trim().slice(name.length + 2)
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`The catalog in pnpm-workspace.yaml has no version of ${name}.`)
  return version
}
