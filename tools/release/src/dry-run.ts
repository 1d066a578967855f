import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Clone } from './clone.ts'
import { command } from './command.ts'
import { unaskedMajors } from './majors.ts'
import { manifestFaults } from './manifest.ts'
import { findNodes } from './trials/nodes.ts'
import { obstacles } from './readiness.ts'
import { MemoryRegistry } from './registry.ts'
import type { Release } from './registry.ts'
import { contentFaults, filesIn, linkFaults } from './tarball.ts'
import { tryOnNode, tryTarballs, tryTools } from './trials/trials.ts'
import { catalogVersion, changesetsOf, checkout, publicFolders, publicManifests, readManifest } from './workspace.ts'

/**
 * Versions, builds and publishes a copy of the latest commit to a registry in memory, and uses the packages as users do.
 * @returns the status to exit with
 */
export async function dryRun(): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ts2p-release-')))
  const before = await stateOfCheckout()
  if (before !== '') console.log(`What is not committed is not tried:\n${before}`)
  const upstream = await upstreamRegistry()
  const registry = new MemoryRegistry(upstream)
  await registry.listen()
  try {
    const isComplete = await tryEverything(folder, registry, upstream)
    if ((await stateOfCheckout()) !== before) throw new Error('The dry run has left a trace in the checkout.')
    const isEnough = isComplete || process.env['CI'] === undefined
    console.log(isComplete ? '\nEverything works.' : '\nWhat was tried works.')
    if (!isEnough) console.error('In CI nothing may be left out.')
    return isEnough ? 0 : 1
  } catch (error) {
    console.error(`\nThe release would fail: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await registry.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** @returns whether nothing was left out */
async function tryEverything(folder: string, registry: MemoryRegistry, upstream: string): Promise<boolean> {
  const began = performance.now()
  const works = (what: string): void => console.log(`ok ${((performance.now() - began) / 1000).toFixed(1)} s  ${what}`)
  const clone = await Clone.of(checkout, join(folder, 'clone'))
  works('a copy of the latest commit, installed by its lock file')
  const before = versionsOf(clone.folder)
  const changesets = changesetsOf(clone.folder)
  await clone.version()
  assertNone(unaskedMajors(before, versionsOf(clone.folder), changesets))
  works('changeset version')
  await clone.build()
  works('a clean build')
  await clone.publishTo(registry.url)
  const names = publicFolders(clone.folder).map((each) => readManifest(each).name)
  assertPublished(names, registry.latest)
  for (const { manifest } of registry.latest.values()) console.log(`   ${manifest.name} ${manifest.version}`)
  works(`${names.length} packages are published: versions, ranges and contents`)

  const options = { folder, registry: registry.url, names, versions: versionsOf(clone.folder), works }
  const { found, missing } = await findNodes(folder)
  for (const node of found) await tryOnNode(node, options)
  const [node] = found
  if (!node) throw new Error('There is no Node that users may have.')
  // Ours, the line of those that have the compiler's API in JavaScript, which many tools still need, and the lowest that README.md names.
  const typescripts = [
    { version: catalogVersion(checkout, 'typescript'), hasRequire: true },
    { version: '5', hasRequire: true },
    { version: '5.2', hasRequire: false },
  ]
  const readme = readFileSync(join(clone.folder, 'README.md'), 'utf8')
  const program = /^```js\n([^]*?)^```/m.exec(readme)?.[1] ?? ''
  await tryTarballs(node, await clone.tarballs(), { folder, registry: upstream, program })
  works('the way of the README before anything is published: pnpm tarballs, npm i, its first program')
  await tryTools(node, { typescripts, vite: catalogVersion(checkout, 'vite') }, options)
  console.log(
    '\nProvenance is not tried: only the CI can sign where a package was built. .github/workflows/release.yml asks for it.',
  )
  for (const obstacle of obstacles(publicManifests(clone.folder)))
    console.log(`\nA real release would stop before it begins. ${obstacle}`)
  for (const { major, why } of missing) console.error(`\nNOT TRIED: NODE ${major}. It could not be had: ${why}`)
  return missing.length === 0
}

/** @throws {Error} A package is missing, or one is not as it must be. */
function assertPublished(names: readonly string[], latest: ReadonlyMap<string, Release>): void {
  const versions = new Map([...latest].map(([name, { manifest }]) => [name, manifest.version]))
  const faults = [
    ...names.filter((name) => !latest.has(name)).map((name) => `${name} was not published`),
    ...[...latest.keys()].filter((name) => !names.includes(name)).map((name) => `${name} is not for the public`),
    ...[...latest.values()].flatMap(({ manifest, tarball }) => {
      const files = filesIn(tarball)
      return [
        ...manifestFaults(manifest, versions),
        ...contentFaults(manifest.name, [...files.keys()], manifest.files ?? []),
        ...linkFaults(manifest.name, files),
      ]
    }),
  ]
  assertNone(faults)
}

function versionsOf(root: string): Map<string, string> {
  return new Map([...publicManifests(root).values()].map(({ name, version }) => [name, version]))
}

/** @throws {Error} There is a fault. */
function assertNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

/** What differs from the latest commit, and which files are ignored; '' if nothing does. */
function stateOfCheckout(): Promise<string> {
  return command('git', ['status', '--porcelain'], { in: checkout })
}

/** The address of the registry that this machine uses, with its last slash. */
async function upstreamRegistry(): Promise<string> {
  const printed = await command('npm', ['config', 'get', 'registry'], { in: checkout })
  return printed.trim().replace(/\/?$/, '/')
}
