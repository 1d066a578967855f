import { setImmediate as turn } from 'node:timers/promises'
import type { Figures } from '../running/case.ts'
import { median } from '../running/median.ts'
import { sampleKeys, shuffled } from '../running/samples.ts'
import type { Dictionary } from '../subjects/dictionary.ts'

/** Time to warm up, and to measure, milliseconds. */
const warmUpMs = 500
const measureMs = 1000
const roundsMin = 5

/**
 * Reads and writes every key once a round, in random order, directly: no function of the benchmark is in between. The
 * turn after a round counts too, since what was written is sent off then.
 */
export async function measureGetSet<V extends Uint8Array | string>(
  count: number,
  dictionary: Dictionary<V>,
  sample: () => V,
): Promise<Figures> {
  const entries = sampleKeys(count).map((key) => [key, sample()] as const)
  for (const [key, value] of entries) dictionary.set(key, value)
  const shuffledEntries = shuffled(entries)
  const shuffledKeys = shuffled(entries).map(([key]) => key)
  const setNs = await nsPerOperation(count, () => {
    for (const [key, value] of shuffledEntries) dictionary.set(key, value)
  })
  let length = 0
  const getNs = await nsPerOperation(count, () => {
    // What is read is used, so that nothing may be left out.
    for (const key of shuffledKeys) length += dictionary.get(key)?.length ?? 0
  })
  if (length % count !== 0) throw new Error('what was read is not what was written')
  return { getNs, setNs }
}

/** The median of the rounds. */
async function nsPerOperation(operations: number, round: () => void): Promise<number> {
  await roundsFor(warmUpMs, round)
  const times = await roundsFor(measureMs, round)
  return (median(times) * 1e6) / operations
}

async function roundsFor(forMs: number, round: () => void): Promise<number[]> {
  const times: number[] = []
  const until = performance.now() + forMs
  while (times.length < roundsMin || performance.now() < until) {
    const startedAt = performance.now()
    round()
    await turn()
    times.push(performance.now() - startedAt)
  }
  return times
}
