import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, publicFolders, readManifest } from './workspace.ts'

/**
 * Publishes what the registry does not have yet, in the versions that `changeset version` gave, and tags the commit. Where
 * the CI can vouch for what it builds, with provenance.
 * @returns the status to exit with
 */
export function publish(): number {
  const folders = publicFolders(checkout)
  const provenance = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined ? [] : ['--provenance']
  const homeless = folders.map(readManifest).filter(({ repository }) => repository === undefined)
  if (provenance.length > 0 && homeless.length > 0) {
    const names = homeless.map(({ name }) => name).join(', ')
    console.error(`The registry compares the provenance with "repository" in package.json. Add it to ${names}.`)
    return 1
  }
  // A file of an earlier build, whose source is gone, must not be published.
  for (const folder of folders) rmSync(join(folder, 'dist'), { recursive: true, force: true })
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['turbo', ['run', 'build', '--force', '--filter=./packages/*', '--output-logs=errors-only']],
    ['pnpm', ['publish', '-r', '--access', 'public', '--no-git-checks', ...provenance]],
    ['changeset', ['tag']],
  ]
  for (const [program, parameters] of steps) {
    console.log(`\n== ${[program, ...parameters].join(' ')}`)
    const { status } = spawnSync(program, parameters, { cwd: checkout, stdio: 'inherit' })
    if (status !== 0) return status ?? 1
  }
  return 0
}
