import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readManifest } from './manifest.ts'

const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url))

/** Where a package's tarball is, by the package's name. */
export type Tarballs = Readonly<Record<string, string>>

/** Packs every published package into a folder, as `pnpm publish` would send it. */
export async function packPackages(folder: string): Promise<Tarballs> {
  const packed = readdirSync(packagesFolder).map(async (name) => {
    const [from, to] = [join(packagesFolder, name), join(folder, name)]
    mkdirSync(to)
    await promisify(execFile)('pnpm', ['pack', '--pack-destination', to], { cwd: from })
    const [file = ''] = readdirSync(to)
    return [readManifest(from).name, join(to, file)] as const
  })
  return Object.fromEntries(await Promise.all(packed))
}
