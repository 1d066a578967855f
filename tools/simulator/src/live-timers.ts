import type { Environment } from '@ts2p/base'

/** An environment whose timers are counted. */
export interface TimerCount {
  readonly environment: Environment
  /** How many timers will still call back. On a platform, each of them keeps the process alive. */
  readonly live: () => number
}

/** Counts the timers that are set by an environment and have neither run nor been canceled. */
export function countTimers(environment: Environment): TimerCount {
  const timers = new Set<object>()
  return {
    environment: {
      ...environment,
      setTimer(delayMs, callback) {
        const timer = {}
        timers.add(timer)
        const cancel = environment.setTimer(delayMs, () => {
          timers.delete(timer)
          callback()
        })
        return () => {
          timers.delete(timer)
          cancel()
        }
      },
    },
    live: () => timers.size,
  }
}
