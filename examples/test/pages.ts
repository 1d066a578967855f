import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Rolldown } from 'vite'
import type { Project } from './project.ts'

/** The pages of a folder here, built by vite in a user's project. */
export class Pages {
  readonly folder: string
  readonly #chunks: readonly Rolldown.OutputChunk[]

  private constructor(folder: string, chunks: readonly Rolldown.OutputChunk[]) {
    this.folder = folder
    this.#chunks = chunks
  }

  static async build(project: Project, names: readonly string[], from = 'browser'): Promise<Pages> {
    const root = join(project.folder, from)
    cpSync(fileURLToPath(new URL(`../${from}`, import.meta.url)), root, { recursive: true })
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ts2p-pages-')))
    const built = await build({
      root,
      configFile: false,
      logLevel: 'warn',
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'es2023',
        modulePreload: false,
        // Two frameworks in one file are no reason for a warning here.
        chunkSizeWarningLimit: 2000,
        rolldownOptions: { input: names.map((name) => join(root, name)) },
      },
    })
    if (!('output' in built)) throw new Error('Vite was to build once.')
    return new Pages(
      folder,
      built.output.filter((each) => each.type === 'chunk'),
    )
  }

  /** What in the scripts matches a pattern, with a little of what stands around it. */
  find(pattern: RegExp): string[] {
    const around = new RegExp(`.{0,20}(?:${pattern.source}).{0,20}`, 'g')
    return this.#chunks.flatMap(({ code }) => code.match(around) ?? [])
  }

  /** The packages that the scripts are made of, sorted. What belongs to none, a file of the pages too, by its own name. */
  get packages(): string[] {
    const modules = this.#chunks.flatMap(({ moduleIds }) => moduleIds)
    const names = modules.map((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? basename(id))
    return [...new Set(names)].toSorted()
  }

  /** A file to serve; undefined if there is none. */
  read(path: string): Uint8Array | undefined {
    try {
      return readFileSync(join(this.folder, path))
    } catch {
      return undefined
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
