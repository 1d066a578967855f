import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fieldOf } from './control-message.ts'
import { FileError, NoNodeError, UsageError } from '../failure.ts'

/** How to reach a running node of this machine: a file that only its owner can read. */
export interface ControlFile {
  /** On 127.0.0.1. */
  readonly port: number
  /** What shows that somebody could read the file. */
  readonly token: string
  readonly pid: number
  /** The node's id. */
  readonly id: string
}

/** The folder in which running nodes leave their files, unless told otherwise. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string {
  if (env['TS2P_RUNTIME_DIR']) return resolve(env['TS2P_RUNTIME_DIR'])
  if (env['XDG_RUNTIME_DIR']) return join(env['XDG_RUNTIME_DIR'], 'ts2p')
  return join(tmpdir(), `ts2p-${process.getuid?.() ?? 'nodes'}`)
}

/** Writes a control file of mode 600, in a folder that is made with mode 700. @throws {FileError} */
export async function writeControlFile(path: string, file: ControlFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await assertOurs(dirname(path))
    await rm(path, { force: true })
    await writeFile(path, JSON.stringify(file), { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    const { message } = cause as Error
    throw new FileError(path, `the control file cannot be written (${message}). Name another with --control.`, {
      cause,
    })
  }
}

/**
 * The node that `via` means: a control file, the number of a process, or, if it is undefined, the only one that is running.
 * @throws {NoNodeError} There is none. @throws {UsageError} There are several. @throws {FileError} The file is not safe.
 */
export async function findControlFile(via: string | undefined, env: NodeJS.ProcessEnv): Promise<ControlFile> {
  const folder = runtimeFolder(env)
  if (via !== undefined) return readControlFile(/^\d+$/.test(via) ? join(folder, `${via}.json`) : via)
  const pids = await runningNodes(folder)
  const [only] = pids
  if (only === undefined) {
    throw new NoNodeError(
      'No node is running here. Start one with `ts2p node`, or join a network with --join host:port.',
    )
  }
  if (pids.length > 1)
    throw new UsageError(`${pids.length} nodes are running here. Say which: --via ${pids.join(', or --via ')}.`)
  return readControlFile(join(folder, `${only}.json`))
}

/** The processes that have a control file in the folder and are still there; the files of others are removed. */
async function runningNodes(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  const pids = names.map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1])).filter((pid) => pid > 0)
  const running = pids.filter(isRunning)
  const gone = pids.filter((pid) => !running.includes(pid))
  await Promise.all(gone.map((pid) => rm(join(folder, `${pid}.json`), { force: true }).catch(() => undefined)))
  return running.toSorted((x, y) => x - y)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function readControlFile(path: string): Promise<ControlFile> {
  let text: string
  try {
    await assertPrivate(path)
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    throw new NoNodeError(
      `There is no control file ${path}: is the node running? Give --via the number of its process, or the file that it was given by --control.`,
      { cause },
    )
  }
  try {
    const file: unknown = JSON.parse(text)
    const [port, token, pid, id] = ['port', 'token', 'pid', 'id'].map((name) => fieldOf(file, name))
    if (typeof port === 'number' && typeof token === 'string' && typeof pid === 'number' && typeof id === 'string') {
      return { port, token, pid, id }
    }
  } catch {
    // Said below.
  }
  throw new FileError(
    path,
    'this is not a control file. Give --via the number of the process of the node, or the file that it was given by --control.',
  )
}

/** Whose folder it is could put another file in the place of this one. Folders of the system's own are sticky. @throws {FileError} */
async function assertOurs(folder: string): Promise<void> {
  const uid = process.getuid?.()
  if (uid === undefined) return
  const { uid: owner } = await lstat(folder)
  if (owner === uid || owner === 0) return
  throw new FileError(folder, 'it belongs to somebody else. Name a file in a folder of yours with --control.')
}

/** What others could have written must not be believed. Windows has no such modes. @throws {FileError} */
async function assertPrivate(path: string): Promise<void> {
  const uid = process.getuid?.()
  if (uid === undefined) return
  const { mode, uid: owner } = await lstat(path)
  if (owner === uid && (mode & 0o077) === 0) return
  throw new FileError(
    path,
    'it belongs to somebody else, or others can read it, so it is not used. Its mode must be 600.',
  )
}
