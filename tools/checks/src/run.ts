import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { root } from './workspace.ts'

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, TURBO_TELEMETRY_DISABLED: '1' })

/** Runs a command of the workspace, showing what it prints. @returns whether it succeeded */
export function run(command: string): boolean {
  const { status } = spawnSync(command, { cwd: root, env: environment(), shell: true, stdio: 'inherit' })
  return status === 0
}

/** Runs a command beside others, showing what it prints. @returns whether it succeeded */
export async function runInherited(command: string): Promise<boolean> {
  const child = spawn(command, { cwd: root, env: environment(), shell: true, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0
}

/** Runs a command beside others. @returns whether it succeeded, and what it printed */
export async function runBeside(
  command: string,
  options: { in?: string } = {},
): Promise<{ readonly isGood: boolean; readonly output: string }> {
  const child = spawn(command, {
    cwd: options.in ?? root,
    env: environment(),
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { isGood: code === 0, output }
}
