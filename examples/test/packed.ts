import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { readManifest } from './manifest.ts'
import { Project } from './project.ts'
import { packPackages } from './tarballs.ts'
import type { Tarballs } from './tarballs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    tarballs: Tarballs
    /** Folder of a project in which every package is installed. */
    wholeProject: string
    /** Folder of a project in which ts2p, and nothing else, is installed. */
    umbrellaProject: string
  }
}

/** Before the tests: packs the packages once, and installs all of them as a user would. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ts2p-tarballs-')))
  const tarballs = await packPackages(folder)
  const theirs = ['@types/node', '@types/react', '@types/react-dom', 'react', 'react-dom']
  const versions = Object.fromEntries(theirs.map((name) => [name, versionOf(name)]))
  const ours = Object.fromEntries(Object.keys(tarballs).map((name) => [name, name]))
  const [whole, umbrella] = await Promise.all([
    Project.install(tarballs, { ...ours, js2p: 'ts2p', ...versions }),
    Project.install(tarballs, { ts2p: 'ts2p' }),
  ])
  provide('tarballs', tarballs)
  provide('wholeProject', whole.folder)
  provide('umbrellaProject', umbrella.folder)
  return () => {
    whole.remove()
    umbrella.remove()
    rmSync(folder, { recursive: true })
  }
}

/** The version of a package of somebody else's that is installed here. */
function versionOf(name: string): string {
  return readManifest(fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))).version
}
