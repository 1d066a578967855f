// One write at a time, of a checkout: node writes.js '{ "folder": <URL of its benchmarks/dist>, "everyMs": 5, "warmUps": 1000, "writes": 2000 }'
import type { Figures } from '../running/case.ts'
import { Latencies } from '../mesh/figures/latencies.ts'
import { pace } from '../mesh/figures/pace.ts'
import { sampleBytes } from '../running/samples.ts'
import { linkedPair } from '../measures/linked-pair.ts'
import type { Subject } from '../subjects/subject.ts'

/** What the script is given. */
export interface WritesSpec {
  /** The `benchmarks/dist` of the checkout. */
  readonly folder: string
  readonly perSecond: number
  /** Writes before those that are measured: code is compiled meanwhile. */
  readonly warmUps: number
  readonly writes: number
}

const spec: WritesSpec = JSON.parse(process.argv[2] ?? '{}')
process.send?.(await measureWrites(spec), () => process.exit())

/** Keys are set on one node, each in a tick of its own: how long each takes until another node that is linked with it tells of it. */
async function measureWrites({ folder, perSecond, warmUps, writes }: WritesSpec): Promise<Figures> {
  const { ours }: { ours: Subject } = await import(new URL('subjects/ours.js', folder).href)
  const [a, b] = await linkedPair(() => ours.dictionaryNode())
  const latencies = new Latencies()
  const sentAt: number[] = []
  let arrived = 0
  const all = new Promise<void>((resolve) => {
    b.onUpdate(() => {
      if (arrived >= warmUps) latencies.add(performance.now() - (sentAt[arrived] ?? Number.NaN))
      arrived += 1
      if (arrived === warmUps + writes) resolve()
    })
  })
  await pace({ perSecond, seconds: (warmUps + writes) / perSecond }, (number) => {
    sentAt.push(performance.now())
    a.set(`key ${number}`, sampleBytes())
  })
  await all
  return latencies.read()
}
