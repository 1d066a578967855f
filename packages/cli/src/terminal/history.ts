import { appendFileSync, chmodSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** How many lines are remembered. */
const linesMax = 1000

/** Lines that were typed earlier, in a file that only its owner can read: they may hold values. */
export class History {
  readonly #path: string | undefined

  /** @param path undefined: nothing is kept */
  constructor(path: string | undefined) {
    this.#path = path
  }

  /** Where it is kept unless told otherwise. */
  static defaultPath(env: NodeJS.ProcessEnv): string {
    return env['TS2P_HISTORY'] ?? join(homedir(), '.ts2p_history')
  }

  /** The latest first, as readline takes them. */
  read(): string[] {
    if (this.#path === undefined) return []
    try {
      const lines = readFileSync(this.#path, 'utf8').split('\n')
      return lines
        .filter((line) => line !== '')
        .slice(-linesMax)
        .toReversed()
    } catch {
      return []
    }
  }

  /** A line that cannot be kept is no reason to stop. */
  add(line: string): void {
    if (this.#path === undefined || line.trim() === '') return
    try {
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 })
      chmodSync(this.#path, 0o600)
    } catch {
      // The next session does without.
    }
  }
}
