import type { SimulatedNetwork } from './network.ts'

/** The port that simulated nodes listen on, unless a test says otherwise; the host is the node's name. */
export const simulatedPort = 4444

/** What a promise has come to so far. */
export interface Outcome<T> {
  isSettled: boolean
  value: T | undefined
  error: unknown
}

/** Follows a promise that must not be awaited before virtual time has passed. */
export function outcomeOf<T>(promise: Promise<T>): Outcome<T> {
  const outcome: Outcome<T> = { isSettled: false, value: undefined, error: undefined }
  promise.then(
    (value) => Object.assign(outcome, { isSettled: true, value }),
    (error: unknown) => Object.assign(outcome, { isSettled: true, error }),
  )
  return outcome
}

/** Lets promises settle that need no more virtual time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Connects a socket to the node on a host. Virtual time passes until it is linked. */
export async function connect(
  network: SimulatedNetwork,
  from: { connect(host: string, port: number): Promise<void> },
  host: string,
): Promise<void> {
  const connected = from.connect(host, simulatedPort)
  connected.catch(() => undefined)
  for (let slice = 0; slice < 10; slice++) {
    network.simulation.runFor(100)
    await settled()
  }
  await connected
}
