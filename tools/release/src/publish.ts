import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { obstacles } from './readiness.ts'
import { checkout, publicFolders, publicManifests } from './workspace.ts'

/**
 * Publishes what the registry does not have yet, in the versions that `changeset version` gave, and tags the commit. Where
 * the CI can vouch for what it builds, with provenance. Nothing is built or sent if something is missing.
 * @returns the status to exit with
 */
export function publish(): number {
  const missing = obstacles(publicManifests(checkout))
  if (missing.length > 0) {
    console.error(`Nothing was published.\n${missing.join('\n')}`)
    return 1
  }
  const provenance = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined ? [] : ['--provenance']
  // A file of an earlier build, whose source is gone, must not be published.
  for (const folder of publicFolders(checkout)) rmSync(join(folder, 'dist'), { recursive: true, force: true })
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
