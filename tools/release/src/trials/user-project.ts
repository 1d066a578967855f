import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { command } from '../command.ts'
import type { Node } from './nodes.ts'
import { writeNpmrc } from '../npmrc.ts'

/** What is asked of npm's lock file. */
interface LockFile {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
}

/** A project of a user: an empty folder, a registry and a Node. */
export class UserProject {
  readonly folder: string
  readonly #env: Readonly<Record<string, string>>

  constructor(options: { folder: string; registry: string; node: Node }) {
    this.folder = options.folder
    mkdirSync(this.folder)
    writeNpmrc(this.folder, options.registry)
    this.write('package.json', JSON.stringify({ name: 'project-of-a-user', private: true }))
    this.#env = {
      PATH: `${options.node.folder}${delimiter}${process.env['PATH'] ?? ''}`,
      npm_config_registry: options.registry,
      // What was published a moment ago is what is to be installed.
      npm_config_min_release_age: '0',
      pnpm_config_minimum_release_age: '0',
    }
  }

  /** `npm install`, as in the README, but without what asks other services. */
  async npmInstall(...packages: readonly string[]): Promise<void> {
    const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
    await this.#run('npm', ['install', ...flags, ...packages])
  }

  async pnpmAdd(...packages: readonly string[]): Promise<void> {
    await this.#run('pnpm', ['add', '--prefer-offline', ...packages])
  }

  /** The packages installed that have npm run a script when they are; npm notes them in its lock file. */
  installScripts(): string[] {
    const { packages } = JSON.parse(readFileSync(join(this.folder, 'package-lock.json'), 'utf8')) as LockFile
    const having = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)
    return having.map(([path]) => path.replace(/^.*node_modules\//, ''))
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), content)
  }

  /** Runs a program by this project's Node. @throws {CommandError} It failed, or Node had something to warn of. */
  async run(name: string, program: string): Promise<string> {
    this.write(name, program)
    return this.#run('node', [name], { isSilent: true })
  }

  /** Runs a tool that is installed here. */
  async tool(name: string, parameters: readonly string[]): Promise<string> {
    return this.#run(join(this.folder, 'node_modules', '.bin', name), parameters)
  }

  #run(program: string, parameters: readonly string[], options: { isSilent?: boolean } = {}): Promise<string> {
    return command(program, parameters, { in: this.folder, env: this.#env, ...options })
  }
}
