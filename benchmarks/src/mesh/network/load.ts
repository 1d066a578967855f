import type { Figures } from '../../running/case.ts'
import type { BenchNode } from './mesh-node.ts'
import type { Load } from '../order.ts'
import { pace } from '../figures/pace.ts'
import { Payloads } from '../figures/payloads.ts'

/** Where in a payload the time stands at which it was sent, after its number; and how many bytes it takes. */
const timestampAt = 4
const nsPerMs = 1_000_000n

/** Sends at a steady pace. @returns by how much this process grew at most meanwhile */
export async function sendLoad(node: BenchNode, { seconds, first, perSecond, payloadBytes }: Load): Promise<Figures> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const payloads = new Payloads()
  await pace({ perSecond, seconds }, (number) => {
    const payload = payloads.next(first + number, payloadBytes)
    new DataView(payload.buffer).setBigUint64(timestampAt, process.hrtime.bigint())
    node.send(payload)
    most = Math.max(most, process.memoryUsage.rss())
  })
  return { growthMiB: (most - before) / 1024 / 1024, links: node.links() }
}

/** How long ago a payload was sent, in this process or another of this machine: they have one clock. Milliseconds. */
export function ageOf(payload: Uint8Array): number {
  const sentAt = new DataView(payload.buffer, payload.byteOffset).getBigUint64(timestampAt)
  return Number(((process.hrtime.bigint() - sentAt) * 1000n) / nsPerMs) / 1000
}
