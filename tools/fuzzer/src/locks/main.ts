// Random networks of nodes that contend for a lock: pnpm sim:locks --seeds N, --from N, --seed N, --workers N, --divided
import { fork } from 'node:child_process'
import { readArguments } from '../arguments.ts'
import { runLockNetwork } from './lock-network.ts'
import type { LockOutcome } from './lock-network.ts'

const words = process.argv.slice(2)
const isDivided = words.includes('--divided')
const { from, seeds, workers } = readArguments(words.filter((word) => word !== '--divided'))

const outcomes: LockOutcome[] = []
if (process.send) {
  await run((outcome) => process.send?.(outcome))
  process.disconnect()
} else {
  await (workers === 1 ? run(take) : Promise.all(Array.from({ length: workers }, (_, index) => runElsewhere(index))))
  report()
}

async function run(tell: (outcome: LockOutcome) => void): Promise<void> {
  for (let seed = from; seed < from + seeds; seed += 1) tell(await runLockNetwork(seed, { isDivided }))
}

function take(outcome: LockOutcome): void {
  outcomes.push(outcome)
  if (outcome.overlaps.some(({ beganLinked, isReported }) => !isDivided || beganLinked || !isReported)) {
    console.log(`Two held the lock: ${JSON.stringify(outcome)}`)
  }
  if (outcomes.length % 500 === 0) console.log(`${outcomes.length} of ${seeds} networks`)
}

function runElsewhere(index: number): Promise<void> {
  const share = Math.ceil(seeds / workers)
  const first = from + index * share
  const count = Math.max(0, Math.min(share, from + seeds - first))
  const child = fork(new URL(import.meta.url), [
    ...['--from', String(first), '--seeds', String(count)],
    ...(isDivided ? ['--divided'] : []),
  ])
  // Our own program, of which nothing else is told.
  child.on('message', (outcome) => take(outcome as LockOutcome))
  return new Promise((resolve) => void child.on('close', () => resolve()))
}

function report(): void {
  const overlaps = outcomes.flatMap((outcome) => outcome.overlaps)
  const most = (values: readonly number[]): number => Math.max(0, ...values)
  const rows: [string, string | number][] = [
    ['networks', outcomes.length],
    ['holders', outcomes.reduce((sum, { holders }) => sum + holders, 0)],
    ['overlaps', overlaps.length],
    ['began while linked', overlaps.filter(({ beganLinked }) => beganLinked).length],
    ['not reported', overlaps.filter(({ isReported }) => !isReported).length],
    ['longest, ms', most(overlaps.map(({ ms }) => ms))],
    ['longest while linked, ms', most(overlaps.map(({ linkedMs }) => linkedMs))],
  ]
  for (const [name, value] of rows) console.log(name.padEnd(28) + String(value).padStart(10))
  const isGood = isDivided ? overlaps.every(({ isReported }) => isReported) : overlaps.length === 0
  process.exitCode = isGood && outcomes.length === seeds ? 0 : 1
}
