// What share of a core one hostile link can cost a node: pnpm bench:hostile
// --only TEXT: the attacks with this in their names. --seconds N: how long each is measured, default 10.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { attacks } from './attacks.ts'
import type { VictimState } from './victim.ts'

/** Most of a core that a link may cost: `limits.workPerSecond` of microseconds. */
const shareMax = 0.05
const idleSeconds = 3
/** How long the burst allowance may last. */
const burstSecondsMax = 30
const closedSeconds = 10

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, seconds: { type: 'string', default: '10' } },
})
const seconds = Number(values.seconds)

interface Figures {
  /** Of a core, without what the node uses when it is idle. */
  readonly share: number
  readonly framesPerSecond: number
  /** Whether the link was still there at the end. */
  readonly isLinked: boolean
  /** Whether the link used up its burst. */
  readonly wasPaused: boolean
}

let isGood = true
console.log(line('attack, by one link', ['% of a core', 'frames/s', 'link', '']))
for (const name of Object.keys(attacks).filter((each) => each.includes(values.only))) {
  const { share, framesPerSecond, isLinked, wasPaused } = await measure(name)
  const isWithin = share <= shareMax
  isGood &&= isWithin
  const link = isLinked ? (wasPaused ? 'slowed' : 'kept') : 'closed'
  const columns = [(share * 100).toFixed(1), framesPerSecond.toFixed(1), link, isWithin ? 'yes' : 'NO']
  console.log(line(name, columns))
}
console.log(`Each within ${shareMax * 100} % of a core: ${isGood ? 'yes' : 'NO'}`)
process.exitCode = isGood ? 0 : 1

async function measure(name: string): Promise<Figures> {
  const victim = fork(new URL('./victim.js', import.meta.url))
  const [{ port }] = (await once(victim, 'message')) as [VictimState]
  // What starting costs, garbage collection included, is over by then.
  await delay(1000)
  const idle = await use(victim, idleSeconds)
  const attacker = fork(new URL('./attacker.js', import.meta.url), [name, String(port)])
  try {
    const wasPaused = await usesUpBurst(victim)
    const { cpuShare, framesPerSecond, isLinked } = await use(victim, seconds)
    return { share: cpuShare - idle.cpuShare, framesPerSecond, isLinked, wasPaused }
  } finally {
    attacker.kill()
    victim.kill()
  }
}

/** Waits until the victim reads the link more slowly, or the link is closed. @returns whether it did, within the time that a burst may last */
async function usesUpBurst(victim: ChildProcess): Promise<boolean> {
  let wasLinked = false
  for (let waited = 0; waited < burstSecondsMax; waited += 0.1) {
    await delay(100)
    const { isPaused, links } = await ask(victim)
    if (isPaused) return true
    if (wasLinked && links === 0) {
      // The attacker dials again, until its host has used up its burst.
      await delay(closedSeconds * 1000)
      return false
    }
    wasLinked ||= links > 0
  }
  return false
}

async function use(
  victim: ChildProcess,
  duration: number,
): Promise<{ cpuShare: number; framesPerSecond: number; isLinked: boolean }> {
  const [before, from] = [await ask(victim), performance.now()]
  await delay(duration * 1000)
  const [after, to] = [await ask(victim), performance.now()]
  const passed = (to - from) / 1000
  return {
    cpuShare: (after.cpuMicroseconds - before.cpuMicroseconds) / 1e6 / passed,
    framesPerSecond: (after.framesRead - before.framesRead) / passed,
    isLinked: after.links > 0,
  }
}

async function ask(victim: ChildProcess): Promise<VictimState> {
  const answered = once(victim, 'message')
  victim.send('state')
  const [state] = (await answered) as [VictimState]
  return state
}

function line(title: string, columns: readonly string[]): string {
  return title.padEnd(40) + columns.map((column) => column.padStart(13)).join('')
}
