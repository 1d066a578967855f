import type { SimulatedNetwork } from '@ts2p/simulator'
import { settled, textOf } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** What became of many promises. */
export function tallyOf(promises: readonly Promise<unknown>[]): { resolved: number; errors: unknown[] } {
  const tally: { resolved: number; errors: unknown[] } = { resolved: 0, errors: [] }
  for (const promise of promises) {
    promise.then(
      () => (tally.resolved += 1),
      (error: unknown) => tally.errors.push(error),
    )
  }
  return tally
}

/** Lets virtual time pass until a condition holds. @returns milliseconds that it took */
export async function runUntil(network: SimulatedNetwork, isDone: () => boolean, withinMs: number): Promise<number> {
  const from = network.simulation.elapsedMs
  while (!isDone() && network.simulation.elapsedMs - from < withinMs) {
    network.simulation.runFor(20)
    await settled()
  }
  return network.simulation.elapsedMs - from
}

/** Answers every request with `to` and its text. */
export function answerAll({ socket }: Node): void {
  socket.registerHandler((message) => {
    if (message.isRequest) void message.reply([`to ${textOf(message)}`]).catch(() => undefined)
    return message.isRequest
  })
}

/** Bytes that do not compress. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
}
