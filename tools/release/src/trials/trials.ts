import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Node } from './nodes.ts'
import * as programs from './programs.ts'
import { UserProject } from './user-project.ts'

/** What users do with the packages. */
export interface TrialOptions {
  /** An empty folder for the projects. */
  readonly folder: string
  readonly registry: string
  /** The packages published. */
  readonly names: readonly string[]
  /** The version published of each. */
  readonly versions: ReadonlyMap<string, string>
  /** Told of each thing that works. */
  readonly works: (what: string) => void
}

/** Installs by npm and by pnpm, and loads by import and by require, on one Node. @throws {CommandError} Something failed. */
export async function tryOnNode(node: Node, { folder, registry, names, versions, works }: TrialOptions): Promise<void> {
  const on = `on Node ${node.version}`
  const project = (name: string): UserProject =>
    new UserProject({ folder: join(folder, `${name}-${node.version}`), registry, node })

  const whole = project('npm')
  await whole.npmInstall('ts2p')
  expectScripts(whole, [])
  expectText(await whole.run('two-nodes.mjs', programs.twoNodesEsm), programs.twoNodesPrinted)
  works(`npm i ts2p, two nodes, import, ${on}`)
  expectText(await whole.run('two-nodes.cjs', programs.twoNodesCjs), programs.twoNodesPrinted)
  works(`npm i ts2p, two nodes, require(), ${on}`)
  expectText(await whole.tool('ts2p', ['--version']), `${versions.get('@ts2p/cli')}\n`)
  works(`ts2p --version, ${on}`)

  const earlier = project('js2p')
  await earlier.npmInstall('js2p@npm:ts2p')
  expectText(await earlier.run('names.cjs', programs.namesOfJs2p), programs.namesOfJs2pPrinted)
  works(`npm i js2p@npm:ts2p, require('js2p'), ${on}`)

  const layer = project('pnpm')
  await layer.pnpmAdd('@ts2p/store')
  expectText(await layer.run('store.mjs', programs.storeEsm), programs.storePrinted)
  works(`pnpm add @ts2p/store, import, ${on}`)
  expectText(await layer.run('store.cjs', programs.storeCjs), programs.storePrinted)
  works(`pnpm add @ts2p/store, require(), ${on}`)

  const all = project('all')
  await all.npmInstall(...names)
  expectScripts(all, excused)
  expectText(await all.run('all.cjs', programs.loadsAll(names)), `${names.length}\n`)
  works(`npm i of all ${names.length} packages, import and require() of each, ${on}`)
}

/** Installs tarballs without a registry that has our packages, and runs a program. @throws {CommandError} Something failed. */
export async function tryTarballs(
  node: Node,
  tarballs: readonly string[],
  { folder, registry, program }: { readonly folder: string; readonly registry: string; readonly program: string },
): Promise<void> {
  const project = new UserProject({ folder: join(folder, 'tarballs'), registry, node })
  await project.npmInstall(...tarballs)
  const printed = await project.run('first.mjs', program)
  if (!/^job\/17 is running, says \w+\n$/.test(printed))
    throw new Error(`The first program of README.md printed: ${printed}`)
}

/** Whose script need not run: docs/decisions/0007-persistence.md has the reason. */
const excused: readonly string[] = ['classic-level']

/** A version of TypeScript that users may have. */
export interface TriedTypescript {
  readonly version: string
  /** Whether it knows that Node can require ES modules: from 5.8 on. */
  readonly hasRequire: boolean
}

/** Compiles types, and bundles a page. @throws {CommandError} Something failed. */
export async function tryTools(
  node: Node,
  tools: { readonly typescripts: readonly TriedTypescript[]; readonly vite: string },
  { folder, registry, works }: TrialOptions,
): Promise<void> {
  const project = new UserProject({ folder: join(folder, 'tools'), registry, node })
  await project.npmInstall('ts2p', `vite@${tools.vite}`)
  project.write('typed.mts', programs.typed)
  project.write('typed.cts', programs.typed)
  for (const typescript of tools.typescripts) {
    await project.npmInstall(`typescript@${typescript.version}`)
    const version = (await project.tool('tsc', ['--version'])).trim().replace('Version ', '')
    for (const [moduleResolution, module, files] of [
      ['nodenext', 'nodenext', typescript.hasRequire ? ['typed.mts', 'typed.cts'] : ['typed.mts']],
      ['bundler', 'esnext', ['typed.mts']],
    ] as const) {
      const compilerOptions = { moduleResolution, module, lib: ['es2022'], target: 'es2022', strict: true, types: [] }
      project.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, files }))
      await project.tool('tsc', ['-p', 'tsconfig.json'])
      works(`types by TypeScript ${version}, moduleResolution ${moduleResolution}, of ${files.join(' and ')}`)
    }
  }
  project.write('index.html', programs.page)
  project.write('page.js', programs.pageScript)
  await project.tool('vite', ['build', '--logLevel', 'warn'])
  const assets = join(project.folder, 'dist', 'assets')
  const code = readdirSync(assets).map((file) => readFileSync(join(assets, file), 'utf8'))
  const ofNode = code.join('\n').match(/.{0,40}(?:from|require\()\s*["'](?:node:|ws\b).{0,40}/)
  if (ofNode) throw new Error(`The bundle for browsers asks for a module of Node: ${ofNode[0]}`)
  works(`a page for browsers by vite ${tools.vite}, ${code.join('').length} characters of script`)
}

function expectScripts(project: UserProject, expected: readonly string[]): void {
  const found = project.installScripts()
  if (found.toString() !== expected.toString())
    throw new Error(
      `These run a script when they are installed: ${found.join(', ') || 'none'}, not ${expected.join(', ') || 'none'}.`,
    )
}

function expectText(printed: string, expected: string): void {
  if (printed !== expected) throw new Error(`A user's program was to print ${expected.trim()}, and printed: ${printed}`)
}
