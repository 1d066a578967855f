import type { Figures } from '../../running/case.ts'
import { Latencies } from '../figures/latencies.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'
import { createNetwork } from '../network/network.ts'
import { pace } from '../figures/pace.ts'
import { Payloads } from '../figures/payloads.ts'
import { reachAll, Tally } from '../figures/tally.ts'

const payloadBytes = 100
const perSecond = 50
const warmUpSeconds = 2

/** 50 messages of 100 bytes a second from one node: how long each takes to each other node. */
export async function measureLatency(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  const [sender, ...others] = await createNetwork(subject, spec)
  const sentAt: number[] = []
  const payloads = new Payloads()
  const latencies = new Latencies()
  const warmUps = warmUpSeconds * perSecond
  const tallies = others.map((node) => {
    const tally = new Tally()
    node.onPacket((packet) => {
      const now = performance.now()
      const number = tally.note(packet)
      if (number !== undefined && number >= warmUps) latencies.add(now - (sentAt[number] ?? Number.NaN))
    })
    return tally
  })
  await pace({ perSecond, seconds: warmUpSeconds + spec.seconds }, (number) => {
    const payload = payloads.next(number, payloadBytes)
    sentAt.push(performance.now())
    sender?.send(payload)
  })
  await reachAll(tallies, sentAt.length)
  return { ...latencies.read(), twice: tallies.reduce((sum, { twice }) => sum + twice, 0) }
}
