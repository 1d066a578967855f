import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 5

/** Waits until something holds; js2p has no event that says so. @throws {Error} It took longer. */
export async function until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`)
    await delay(pollMs)
  }
}

/** A promise, and the function that resolves it. */
export function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let resolveGiven: (() => void) | undefined
  const given = new Promise<void>((resolve) => {
    resolveGiven = resolve
  })
  return { given, give: () => resolveGiven?.() }
}
