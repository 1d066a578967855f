import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the tests ask of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
}

/** The manifest of the package in a folder. @throws {Error} It has none, or one without name and version. */
export function readManifest(folder: string): Manifest {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (isManifest(manifest)) return manifest
  throw new Error(`The package in ${folder} has no name or no version.`)
}

function isManifest(manifest: unknown): manifest is Manifest {
  if (typeof manifest !== 'object' || !manifest || !('name' in manifest) || !('version' in manifest)) return false
  return typeof manifest.name === 'string' && typeof manifest.version === 'string'
}
