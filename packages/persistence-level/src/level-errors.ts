import { PersistenceCorruptError, PersistenceFailedError, PersistenceInUseError } from '@ts2p/store'

/** What went wrong in LevelDB or the file system, as one of the errors of a persistence. */
export function translated(error: unknown, at: { place: string; action: 'open' | 'write' }): Error {
  const { place } = at
  if (error instanceof PersistenceCorruptError) return error
  const root = rootOf(error)
  const [code, message] = [codeOf(root), root instanceof Error ? root.message : String(root)]
  if (code === 'LEVEL_LOCKED') return new PersistenceInUseError({ place }, { cause: error })
  // Whatever else LevelDB finds wrong with its own files, such as a name in them of a file that there is not, is damage.
  const isRefused =
    at.action === 'write' || (message.startsWith('IO error') && refusals.test(message)) || /^E[A-Z]+$/.test(code)
  if (code !== 'LEVEL_CORRUPTION' && isRefused) return new PersistenceFailedError(at, { cause: root })
  return new PersistenceCorruptError({ place, reason: message }, { cause: error })
}

/** What the system says when it is not about the files' contents. */
const refusals =
  /No space left|quota|Permission denied|not permitted|Read-only|Input\/output error|Too many open files|Cannot allocate/i

/** abstract-level tells what LevelDB said as the cause of an error of its own. */
function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return root
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
