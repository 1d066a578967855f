import { setTimeout as delay } from 'node:timers/promises'
import type { Figures } from '../../running/case.ts'
import { until } from '../../running/until.ts'
import { Latencies } from '../figures/latencies.ts'
import { ageOf } from '../network/load.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'
import { RemoteNode } from '../network/remote-node.ts'
import { createStallingProxy } from '../network/stalling-proxy.ts'
import { reachAll, Tally } from '../figures/tally.ts'

const perSecond = 120
const payloadBytes = 32 * 1024
/** A slow reader takes about a tenth of what is sent. */
const slowBytesPerSecond = 256 * 1024
const linkTimeoutMs = 30_000

/**
 * A node sends to so many that have dialed it; it has a process of its own, and they have this one. After a while one of
 * them stops reading, and another becomes slow: what does that do to the others, to the sender's memory and to these two?
 */
export async function measureStall(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  const hub = new RemoteNode(async () => undefined)
  try {
    const { port = 0 } = await hub.do({ kind: 'create', subject: spec.subject })
    const proxies = [await createStallingProxy(port), await createStallingProxy(port)] as const
    const tallies: Tally[] = []
    let latencies = new Latencies()
    for (let index = 0; index < spec.nodes; index += 1) {
      const node = await subject.create({ isListening: false })
      const tally = new Tally()
      // The first two are the ones that will stall and be slow: they are not among the others.
      node.onPacket((packet) => {
        tally.note(packet)
        if (index >= proxies.length) latencies.add(ageOf(packet))
      })
      await node.connect(proxies[index]?.port ?? port)
      await until('it is linked', () => node.links() > 0, linkTimeoutMs)
      tallies.push(tally)
    }
    await delay(subject.settleMs)
    const others = tallies.slice(proxies.length)
    let sent = 0
    const load = async (seconds: number): Promise<Figures> => {
      latencies = new Latencies()
      const figures = await hub.do({ kind: 'load', load: { seconds, first: sent, perSecond, payloadBytes } })
      sent += seconds * perSecond
      await reachAll(others, sent)
      return { ...figures, ...latencies.read() }
    }
    // What is kept for a while, for whoever may lack it, has then filled up.
    await load(spec.seconds)
    const without = await load(spec.seconds)
    proxies[0].setPace('stalled')
    proxies[1].setPace({ bytesPerSecond: slowBytesPerSecond })
    const stalled = await load(spec.seconds)
    const [p99 = Number.NaN, before = Number.NaN] = [stalled['p99'], without['p99']]
    return {
      p99Without: before,
      p99,
      times: p99 / before,
      growthWithoutMiB: without['growthMiB'] ?? Number.NaN,
      growthMiB: stalled['growthMiB'] ?? Number.NaN,
      // Links that the sender has no more, and links that were lost and sought again.
      thrownOut: spec.nodes - (stalled['links'] ?? 0) + proxies[0].dialed() + proxies[1].dialed() - proxies.length,
    }
  } finally {
    hub.end()
  }
}
