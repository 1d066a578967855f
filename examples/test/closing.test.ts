import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import type { TestContext } from 'vitest'

const program = fileURLToPath(new URL('closing-program.mjs', import.meta.url))

/** What waited, and what it came to when its sockets were closed. */
const outcomes: Readonly<Record<string, readonly unknown[]>> = {
  'a lock that waits': ['CLOSED', 'CLOSED'],
  'a lock that is held': ['resolved: ["closed",false]', 'resolved: "aborted"'],
  elections: ['resolved: "closed"'],
  replicated: ['CLOSED'],
  messages: ['CLOSED', 'CLOSED'],
  writable: ['CLOSED'],
  watch: ['resolved: {"done":true}'],
  'connect, where nobody answers': ['CLOSED', 'CLOSED'],
  'a kept node': ['CLOSED', 'CLOSED'],
  discovery: [],
}

// None may take as long as a timer that was forgotten.
test.concurrent.for(Object.entries(outcomes))(
  'a process ends by itself when its sockets were closed: %s',
  { timeout: 60_000 },
  async ([name, expected], { expect, onTestFinished }) => {
    expect(await run(name, onTestFinished)).toEqual({ code: 0, printed: JSON.stringify(expected), complaints: '' })
  },
)

/** Runs the program until it ends. */
function run(
  name: string,
  onTestFinished: TestContext['onTestFinished'],
): Promise<{ code: number | null; printed: string; complaints: string }> {
  return new Promise((resolve, reject) => {
    // The build, as users get it: the tests' own condition must not reach the child.
    const { NODE_OPTIONS: _, ...env } = process.env
    const child = spawn(process.execPath, [program, name], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let [printed, complaints] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (printed += piece))
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (complaints += piece))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, printed: printed.trim(), complaints }))
  })
}
