import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const loopback = fileURLToPath(new URL('loopback.cjs', import.meta.url))
const ours = fileURLToPath(new URL('..', import.meta.url))

/** Runs CommonJS as one program, in an empty project where `js2p` is this package; the lines that it prints. */
export function run(code: string): string[] {
  const project = mkdtempSync(join(tmpdir(), 'ts2p-program-'))
  try {
    mkdirSync(join(project, 'node_modules'))
    symlinkSync(ours, join(project, 'node_modules', 'js2p'), 'dir')
    const program = join(project, 'program.cjs')
    writeFileSync(program, code)
    // The build, as users get it: the tests' own condition must not reach the child.
    const { NODE_OPTIONS: _, ...env } = process.env
    return execFileSync(process.execPath, ['--require', loopback, program], { cwd: project, env, encoding: 'utf8' })
      .trim()
      .split('\n')
  } finally {
    rmSync(project, { recursive: true })
  }
}
