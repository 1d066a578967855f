import { readArguments } from './arguments.ts'
import { runNetwork } from './run-network.ts'
import { describeFault, Summary } from './summary.ts'

/** Seeds between two signs of life. */
const progressEvery = 250

const { from, seeds, isVerbose } = readArguments(process.argv.slice(2))
const summary = new Summary()
const startedAt = performance.now()
const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
for (let seed = from; seed < from + seeds; seed++) {
  const outcome = await runNetwork(seed, isVerbose ? { print: (line) => console.log(line) } : {})
  summary.add(outcome)
  if (outcome.faults.length > 0) console.log(describeFault(outcome))
  if (isVerbose) console.log(`seed ${seed}: trace ${outcome.trace}`)
  if (summary.seeds % progressEvery === 0) console.log(`${summary.seeds} of ${seeds} seeds, ${seconds()}`)
}
console.log(`${summary.toString()}\n${'time'.padEnd(20)}${seconds().padStart(12)}`)
process.exitCode = summary.divergent.length > 0 ? 1 : 0
