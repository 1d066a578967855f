// get and set of two checkouts in one process: node together.js '{ "folders": [<URL of benchmarks/dist>, <URL>], "count": 10000 }'
import { setImmediate as turn } from 'node:timers/promises'
import type { Figures } from '../running/case.ts'
import { median } from '../running/median.ts'
import { sampleKeys, shuffled } from '../running/samples.ts'
import type { Dictionary } from '../subjects/dictionary.ts'
import type { Subject } from '../subjects/subject.ts'

/** What the script is given. */
export interface TogetherSpec {
  /** The `benchmarks/dist` of each checkout. The first of them warms up first. */
  readonly folders: readonly [first: string, second: string]
  readonly count: number
}

const warmUpRounds = 50
const rounds = 200

const spec: TogetherSpec = JSON.parse(process.argv[2] ?? '{}')
process.send?.(await measureTogether(spec), () => process.exit())

/**
 * How many times as long get and set take in the second checkout. Reads take 35 ns in some processes and 49 in others, whatever the checkout:
 * only two that share a process can be compared.
 */
async function measureTogether({ folders, count }: TogetherSpec): Promise<Figures> {
  const entries = shuffled(sampleKeys(count))
  const both = await Promise.all(folders.map((folder) => openDictionary(folder, entries)))
  const figures: Record<string, number> = {}
  const operations = {
    set: ({ dictionary, values }: Opened): void => {
      for (const [index, key] of entries.entries()) dictionary.set(key, values[index] ?? new Uint8Array())
    },
    get: ({ dictionary }: Opened): void => {
      let length = 0
      // What is read is used, so that nothing may be left out.
      for (const key of entries) length += dictionary.get(key)?.length ?? 0
      if (length !== count * (dictionary.get(entries[0] ?? '')?.length ?? 0)) throw new Error('a value is missing')
    },
  }
  for (const [name, operate] of Object.entries(operations)) figures[name] = await ratioOf(both, operate)
  return figures
}

interface Opened {
  readonly dictionary: Dictionary<Uint8Array>
  readonly values: readonly Uint8Array[]
}

async function openDictionary(folder: string, keys: readonly string[]): Promise<Opened> {
  const { ours }: { ours: Subject } = await import(new URL('subjects/ours.js', folder).href)
  const dictionary = await ours.dictionary()
  const values = keys.map(() => ours.sampleBytes())
  for (const [index, key] of keys.entries()) dictionary.set(key, values[index] ?? new Uint8Array())
  return { dictionary, values }
}

/** The median of the second's rounds by that of the first's. The turn after a round counts too, since what was written is sent off then. */
async function ratioOf(both: readonly Opened[], operate: (opened: Opened) => void): Promise<number> {
  const times: readonly number[][] = both.map(() => [])
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    // Which one is first changes, so that what the first leaves behind meets both.
    const order = round % 2 === 0 ? [0, 1] : [1, 0]
    for (const index of order) {
      const opened = both[index]
      if (!opened) continue
      const startedAt = performance.now()
      operate(opened)
      await turn()
      if (round >= warmUpRounds) times[index]?.push(performance.now() - startedAt)
    }
  }
  const [first = Number.NaN, second = Number.NaN] = times.map((list) => median(list))
  return second / first
}
