import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Clone } from './clone.ts'
import { command } from './command.ts'
import { checkout, publicFolders, readManifest } from './workspace.ts'

/**
 * Packs the packages of the latest commit as they would be published, in the versions that the changesets say: `ts2p` and all of ours
 * that it needs into `tarballs` of the checkout, the others into `tarballs/more`.
 */
export async function packTarballs(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ts2p-tarballs-'))
  try {
    const clone = await Clone.of(checkout, join(folder, 'clone'))
    await clone.version()
    await clone.build()
    await packAll(clone.folder, join(checkout, 'tarballs'))
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function packAll(root: string, target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  const folders = publicFolders(root)
  const needed = neededBy('ts2p', new Map(folders.map((folder) => [readManifest(folder).name, folder])))
  for (const folder of folders) {
    const place = needed.has(readManifest(folder).name) ? target : join(target, 'more')
    mkdirSync(place, { recursive: true })
    await command('pnpm', ['pack', '--pack-destination', place], { in: folder })
  }
  const more = readdirSync(join(target, 'more'))
  console.log(
    `In a folder of yours, by npm (pnpm asks the registry for what they need of each other):\n\n  npm install ${join(target, '*.tgz')}\n`,
  )
  console.log(`and by name, as there, if you want them, from ${join(target, 'more')}: ${more.join(', ')}`)
}

/** A package and those of ours that it stands on, however far down. */
function neededBy(name: string, folders: ReadonlyMap<string, string>, seen: Set<string> = new Set()): Set<string> {
  const folder = folders.get(name)
  if (folder === undefined || seen.has(name)) return seen
  seen.add(name)
  for (const dependency of Object.keys(readManifest(folder).dependencies ?? {})) neededBy(dependency, folders, seen)
  return seen
}
