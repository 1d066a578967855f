import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url))

/** The published packages as tarballs, as `pnpm publish` would send them. */
export class Tarballs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ts2p-tarballs-'))
  readonly #files = new Map<string, string>()

  constructor() {
    for (const folder of readdirSync(packagesFolder)) {
      const to = join(this.#folder, folder)
      mkdirSync(to)
      execute('pnpm', ['pack', '--pack-destination', to], join(packagesFolder, folder))
      const [file = ''] = readdirSync(to)
      const { name } = JSON.parse(readFileSync(join(packagesFolder, folder, 'package.json'), 'utf8')) as { name: string }
      this.#files.set(name, join(to, file))
    }
  }

  /** The tarball of a package. */
  of(name: string): string {
    const file = this.#files.get(name)
    if (file === undefined) throw new Error(`There is no package ${name}.`)
    return file
  }

  /** Where npm finds our own packages, since no registry has them. */
  overrides(): Record<string, string> {
    return Object.fromEntries([...this.#files].map(([name, file]) => [name, `file:${file}`]))
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** A project of a user, empty but for what is installed by npm. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'ts2p-project-'))

  /** @param dependencies names in node_modules, and the package behind each */
  constructor(tarballs: Tarballs, dependencies: Readonly<Record<string, string>>) {
    const direct = Object.entries(dependencies).map(([name, target]) => [name, `file:${tarballs.of(target)}`])
    const indirect = Object.entries(tarballs.overrides()).filter(([name]) => !(name in dependencies))
    this.write('package.json', JSON.stringify({ private: true, dependencies: Object.fromEntries(direct), overrides: Object.fromEntries(indirect) }))
    execute('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'], this.folder)
  }

  /** Puts a file of the examples into the project. */
  copy(path: string): string {
    const name = basename(path)
    copyFileSync(path, join(this.folder, name))
    return name
  }

  write(name: string, content: string): string {
    writeFileSync(join(this.folder, name), content)
    return name
  }

  /** Runs a program of the project. @returns what it printed */
  run(file: string, ...flags: readonly string[]): string {
    return execute(process.execPath, [...flags, file], this.folder)
  }

  /** The packages installed. */
  installed(): string[] {
    const modules = join(this.folder, 'node_modules')
    return readdirSync(modules)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name]))
  }

  /** A manifest as installed. */
  manifest(name: string): string {
    return readFileSync(join(this.folder, 'node_modules', name, 'package.json'), 'utf8')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/** Runs a command as a user's shell would, without what the test runner adds to the environment. */
function execute(command: string, parameters: readonly string[], folder: string): string {
  const { NODE_OPTIONS: _, ...env } = process.env
  return execFileSync(command, parameters, { cwd: folder, env, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'inherit'] })
}
