import { fork } from 'node:child_process'
import { readArguments } from './arguments.ts'
import type { FuzzerArguments } from './arguments.ts'
import { runNetwork } from './run-network.ts'
import type { Outcome } from './run-network.ts'
import { describeFault, Summary } from './summary.ts'

/** Seeds between two signs of life. */
const progressEvery = 250

const given = readArguments(process.argv.slice(2))
if (process.send) await run(given, (outcome) => process.send?.(outcome))
else await report(given)
if (process.send) process.disconnect()

/** Runs the seeds in this process. */
async function run({ from, seeds, isVerbose }: FuzzerArguments, tell: (outcome: Outcome) => void): Promise<void> {
  for (let seed = from; seed < from + seeds; seed++) {
    tell(await runNetwork(seed, isVerbose ? { print: (line) => console.log(line) } : {}))
  }
}

/** Runs the seeds in this process, or shares them among others. */
async function report(all: FuzzerArguments): Promise<void> {
  const summary = new Summary()
  const startedAt = performance.now()
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const take = (outcome: Outcome): void => {
    summary.add(outcome)
    if (outcome.faults.length > 0) console.log(describeFault(outcome))
    if (all.isVerbose) console.log(`seed ${outcome.seed}: trace ${outcome.trace}`)
    if (summary.seeds % progressEvery === 0) console.log(`${summary.seeds} of ${all.seeds} seeds, ${seconds()}`)
  }
  if (all.workers === 1) await run(all, take)
  else await Promise.all(sharesOf(all).map((share) => runElsewhere(share, take)))
  console.log(`${summary.toString()}\n${'time'.padEnd(26)}${seconds().padStart(12)}`)
  for (const outcome of summary.divergent) console.log(describeFault(outcome))
  for (const goal of summary.missedGoals) console.log(goal)
  process.exitCode = summary.divergent.length === 0 && summary.seeds === all.seeds ? 0 : 1
}

function sharesOf({ from, seeds, workers, isVerbose }: FuzzerArguments): FuzzerArguments[] {
  const share = Math.ceil(seeds / workers)
  return Array.from({ length: workers }, (_, index) => {
    const first = from + index * share
    return { from: first, seeds: Math.max(0, Math.min(share, from + seeds - first)), workers: 1, isVerbose }
  })
}

/** A process that runs some of the seeds. One that ends early leaves some out, which the sum shows. */
function runElsewhere(share: FuzzerArguments, take: (outcome: Outcome) => void): Promise<void> {
  const words = [
    '--from',
    String(share.from),
    '--seeds',
    String(share.seeds),
    ...(share.isVerbose ? ['--verbose'] : []),
  ]
  const child = fork(new URL(import.meta.url), words)
  // Our own program, of which nothing else is told.
  child.on('message', (outcome) => take(outcome as Outcome))
  return new Promise((resolve) => void child.on('close', () => resolve()))
}
