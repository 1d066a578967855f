import { execFile, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Tarballs } from './tarballs.ts'

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

/** A project of a user, in the system's folder for temporary files: nothing but what npm has installed there. */
export class Project {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /**
   * Installs packages into an empty project; those of ours that they need come from tarballs as well.
   * @param dependencies names in node_modules; behind each the package of ours, or the version of somebody else's
   */
  static async install(tarballs: Tarballs, dependencies: Readonly<Record<string, string>>): Promise<Project> {
    const project = new Project(realpathSync(mkdtempSync(join(tmpdir(), 'ts2p-project-'))))
    const files = Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`] as const)
    const fileOf = new Map(files)
    const manifest = {
      private: true,
      dependencies: Object.fromEntries(
        Object.entries(dependencies).map(([name, target]) => [name, fileOf.get(target) ?? target]),
      ),
      overrides: Object.fromEntries(files.filter(([name]) => !(name in dependencies))),
    }
    project.write('package.json', JSON.stringify(manifest))
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
    await promisify(execFile)('npm', ['install', ...flags], { cwd: project.folder, timeout: 120_000 })
    return project
  }

  /** Puts a copy of a file into the project. @returns its name there */
  copy(file: URL): string {
    const name = basename(file.pathname)
    copyFileSync(file, join(this.folder, name))
    return name
  }

  write(name: string, content: string): string {
    writeFileSync(join(this.folder, name), content)
    return name
  }

  /**
   * Runs a program of the project to its end.
   * @returns what it printed
   * @throws {Error} It failed, or Node had something to warn of.
   */
  async run(file: string): Promise<string> {
    const { status, stdout, stderr } = await this.#node([file])
    if (status !== 0 || stderr !== '') throw new Error(`${file} ended with ${status}.\n${stdout}\n${stderr}`)
    return stdout
  }

  /** Type-checks files with a compiler's options. @returns its complaints, '' if there are none */
  async typeCheck(files: readonly string[], compilerOptions: Readonly<Record<string, unknown>>): Promise<string> {
    const config = `tsconfig.${String(compilerOptions['moduleResolution'])}.${files[0]}.json`
    this.write(config, JSON.stringify({ compilerOptions, files }))
    const { stdout, stderr } = await this.#node([compiler, '-p', config])
    return stdout + stderr
  }

  /** The names of the packages installed, sorted. */
  installed(): string[] {
    const modules = join(this.folder, 'node_modules')
    const names = readdirSync(modules).filter((name) => !name.startsWith('.'))
    return names.flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
  }

  /** A package's manifest as installed. */
  manifestOf(name: string): string {
    return readFileSync(join(this.folder, 'node_modules', name, 'package.json'), 'utf8')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  /** Runs Node as a user's shell would, without what the test runner adds to its environment. */
  #node(parameters: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const { NODE_OPTIONS: _, ...env } = process.env
    const child = spawn(process.execPath, parameters, {
      cwd: this.folder,
      env,
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => resolve({ status, stdout, stderr }))
    })
  }
}
