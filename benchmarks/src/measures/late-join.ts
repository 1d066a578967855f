import { setTimeout as delay } from 'node:timers/promises'
import type { Figures } from '../running/case.ts'
import { sampleBytes, sampleKeys } from '../running/samples.ts'
import { countingProxy } from '../subjects/counting-proxy.ts'
import type { DictionaryNode } from '../subjects/node.ts'
import { arrivals } from './arrivals.ts'

/** How long bytes are counted after all is there: what still travels then counts too. */
const settleMs = 500

/** A node joins one that holds the keys: the time from dialing until it has them all, and the bytes on the wire. */
export async function measureLateJoin(count: number, create: () => Promise<DictionaryNode>): Promise<Figures> {
  const [a, b] = [await create(), await create()]
  for (const key of sampleKeys(count)) a.set(key, sampleBytes())
  const proxy = await countingProxy(a.port)
  await delay(settleMs)
  const all = arrivals(b, count)
  const startedAt = performance.now()
  await b.connect(proxy.port)
  await all
  const ms = performance.now() - startedAt
  if (b.size() !== count) throw new Error(`${b.size()} keys arrived, not ${count}`)
  await delay(settleMs)
  return { ms, bytes: proxy.bytes() }
}
