import { setTimeout as delay } from 'node:timers/promises'

/** Acts so often a second, as far as timers allow: what is late is made up for. */
export async function pace(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  act: (number: number) => void,
): Promise<void> {
  const startedAt = performance.now()
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const dueMs = startedAt + (number * 1000) / perSecond - performance.now()
    if (dueMs > 0) await delay(dueMs)
    act(number)
  }
}
