import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import { writeNpmrc } from './npmrc.ts'

/** A copy of the repository's latest commit, in a temporary folder: what is published from there is what was committed. */
export class Clone {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Copies, and installs by the lock file. */
  static async of(checkout: string, folder: string): Promise<Clone> {
    await command('git', ['clone', '--quiet', '--no-hardlinks', checkout, folder], { in: checkout })
    await command('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { in: folder })
    return new Clone(folder)
  }

  /** Gives each package the version that the changesets say. */
  async version(): Promise<void> {
    await this.#bin('changeset', ['version'])
  }

  /** There is no dist in a fresh copy, so nothing stale can be in a package. */
  async build(): Promise<void> {
    await this.#bin('turbo', ['run', 'build', '--force', '--filter=./packages/*', '--output-logs=errors-only'])
  }

  /** Publishes what the registry does not have yet. */
  async publishTo(registry: string): Promise<void> {
    writeNpmrc(this.folder, registry)
    writeFileSync(join(this.folder, '.git', 'info', 'exclude'), '.npmrc\n')
    await command('pnpm', ['publish', '-r', '--access', 'public', '--no-git-checks'], {
      in: this.folder,
      env: { npm_config_registry: registry },
    })
  }

  /** Packs the packages for whoever tries them before they are published, as the README says. @returns the tarballs that ts2p needs */
  async tarballs(): Promise<string[]> {
    await command('pnpm', ['tarballs'], { in: this.folder })
    const folder = join(this.folder, 'tarballs')
    return readdirSync(folder)
      .filter((name) => name.endsWith('.tgz'))
      .map((name) => join(folder, name))
  }

  async #bin(name: string, parameters: readonly string[]): Promise<void> {
    const env = { TURBO_TELEMETRY_DISABLED: '1' }
    await command(join(this.folder, 'node_modules', '.bin', name), parameters, { in: this.folder, env })
  }
}
