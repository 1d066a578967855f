import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readManifest } from './manifest.ts'

const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url))

/** Where a package's tarball is, by the package's name. */
export type Tarballs = Readonly<Record<string, string>>

/** Packs every published package into a folder, as `pnpm publish` would send it. */
export function packPackages(folder: string): Tarballs {
  const folders = readdirSync(packagesFolder).map((name) => ({
    from: join(packagesFolder, name),
    to: join(folder, name),
  }))
  const packed = folders.map(({ from, to }) => {
    mkdirSync(to)
    execFileSync('pnpm', ['pack', '--pack-destination', to], { cwd: from, stdio: ['ignore', 'ignore', 'inherit'] })
    const [file = ''] = readdirSync(to)
    return [readManifest(from).name, join(to, file)] as const
  })
  return Object.fromEntries(packed)
}
