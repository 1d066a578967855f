import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command } from '../command.ts'

/** The majors of Node that users may have. */
const majors = [20, 22, 24] as const

/** A Node to try the packages on. */
export interface Node {
  readonly version: string
  /** The folder of its executable, for PATH. */
  readonly folder: string
}

/** The Nodes that could be had, and for each that could not the reason. */
export interface Nodes {
  readonly found: readonly Node[]
  readonly missing: readonly { readonly major: number; readonly why: string }[]
}

/** Finds one Node of each major: this one, and others as the npm packages `node-<platform>-<arch>`. */
export async function findNodes(folder: string): Promise<Nodes> {
  const found: Node[] = []
  const missing: { major: number; why: string }[] = []
  for (const major of majors) {
    try {
      found.push(await findNode(major, join(folder, `node-${major}`)))
    } catch (error) {
      missing.push({ major, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return { found, missing }
}

async function findNode(major: number, folder: string): Promise<Node> {
  if (process.versions.node.startsWith(`${major}.`))
    return { version: process.version, folder: dirname(process.execPath) }
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  mkdirSync(folder)
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
  await command('npm', ['install', ...flags, '--prefix', folder, `${name}@${major}`], { in: folder })
  const bin = join(folder, 'node_modules', name, 'bin')
  const executable = join(bin, 'node')
  if (!existsSync(executable)) throw new Error(`There is no ${executable}.`)
  return { version: (await command(executable, ['--version'], { in: folder })).trim(), folder: bin }
}
