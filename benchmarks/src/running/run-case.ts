import { fork } from 'node:child_process'
import type { Figures } from './case.ts'

/** How a case ended. */
export type Outcome =
  | { readonly kind: 'figures'; readonly figures: Figures }
  | { readonly kind: 'unfinished'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** js2p's nodes now and then do not find each other. */
const attemptsMax = 3
const errorCharsMax = 4000

/** A case, and the script that takes it as JSON and tells the figures. */
export interface CaseRun {
  readonly spec: object
  readonly script: URL
  readonly limitSeconds: number
}

/** Runs a case in a process of its own, and again if it fails; one that takes too long is ended. */
export async function runCase(run: CaseRun): Promise<Outcome> {
  let outcome = await attempt(run)
  for (let attempts = 1; outcome.kind === 'failed' && attempts < attemptsMax; attempts += 1) {
    outcome = await attempt(run)
  }
  return outcome
}

function attempt({ spec, script, limitSeconds }: CaseRun): Promise<Outcome> {
  const child = fork(script, [JSON.stringify(spec)], {
    execArgv: ['--expose-gc', '--no-deprecation'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  return new Promise((resolve) => {
    let errors = ''
    let outcome: Outcome | undefined
    const timer = setTimeout(() => {
      outcome = { kind: 'unfinished', seconds: limitSeconds }
      child.kill('SIGKILL')
    }, limitSeconds * 1000)
    child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-errorCharsMax)))
    child.on('message', (message) => {
      if (isFigures(message)) outcome ??= { kind: 'figures', figures: message }
    })
    child.on('close', (code, killedBy) => {
      clearTimeout(timer)
      resolve(outcome ?? { kind: 'failed', reason: reasonIn(errors) ?? `it ended with ${code ?? killedBy}` })
    })
  })
}

function isFigures(message: unknown): message is Figures {
  return typeof message === 'object' && message !== null && Object.values(message).every(Number.isFinite)
}

/** The line of an uncaught error's print that names it. */
function reasonIn(errors: string): string | undefined {
  return errors.split('\n').find((line) => /^\w*Error\b/.test(line))
}
