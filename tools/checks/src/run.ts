import { spawnSync } from 'node:child_process'
import { root } from './workspace.ts'

/** Runs a command of the workspace, showing what it prints. @returns whether it succeeded */
export function run(command: string, options: { in?: string } = {}): boolean {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' }
  const { status } = spawnSync(command, { cwd: options.in ?? root, env, shell: true, stdio: 'inherit' })
  return status === 0
}
