import { PersistenceCorruptError, PersistenceFailedError, PersistenceInUseError } from '@ts2p/store'

/** What went wrong in LevelDB or the file system, as one of the errors of a persistence. */
export function translated(error: unknown, at: { place: string; action: 'open' | 'write' }): Error {
  const { place } = at
  if (error instanceof PersistenceCorruptError) return error
  const root = rootOf(error)
  const [code, message] = [codeOf(root), root instanceof Error ? root.message : String(root)]
  if (code === 'LEVEL_LOCKED') return new PersistenceInUseError({ place }, { cause: error })
  // What the system refused is no damage, but for a file that is not there: LevelDB opens only those that it had made.
  const isRefused = at.action === 'write' || /^IO error(?!.*No such file)/.test(message) || /^E[A-Z]+$/.test(code)
  if (code !== 'LEVEL_CORRUPTION' && isRefused) return new PersistenceFailedError(at, { cause: root })
  return new PersistenceCorruptError({ place, reason: message }, { cause: error })
}

/** abstract-level tells what LevelDB said as the cause of an error of its own. */
function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return root
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
