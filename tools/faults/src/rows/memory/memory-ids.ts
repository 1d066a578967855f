import type { MeshSocket } from '@ts2p/mesh'
import { encodeFlood, identityFromSeed, PacketLists } from '@ts2p/protocol'
import type { MessageId } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'
import { createNetwork, nodePort, pass, startMesh } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from '../../support/adversaries/stranger.ts'
import type { Stranger } from '../../support/adversaries/stranger.ts'
import { mebibyte, usedBytes } from '../../support/resources/used-memory.ts'

const growthMiBMax = 32
/** What one peer may send in a second. */
const perSecond = 2000
const sliceMs = 1000
const packet = new Uint8Array(Buffer.from('a broadcast'))

/** Ten million ids of messages, each to be delivered once. */
export const memoryIds: FaultRow = {
  name: 'memory-ids',
  fault: 'A neighbor sends 10 million broadcasts with other ids: of new origins, new epochs and sparse sequences.',
  mustHold: 'Each is delivered once, and the node grows by less than 32 MiB.',
  wanted: 10_000_000,
  unit: 'message ids',
  figure: 'MiB of growth',
  async open() {
    const ids = new Ids()
    await ids.link()
    return ids
  },
}

class Ids implements FaultRunner {
  readonly #network: SimulatedNetwork = createNetwork(1)
  #target: MeshSocket | undefined
  #speaker: Stranger | undefined
  #delivered = 0
  #before = 0

  /** Links a node with a stranger that speaks and one that hears everything. */
  async link(): Promise<void> {
    const { socket: target } = await startMesh(this.#network, 'target')
    target.registerHandler(() => {
      this.#delivered += 1
      return true
    })
    const strangers = ['speaker', 'hearer'].map((name, at) => {
      const identity = identityFromSeed(new Uint8Array(32).fill(at + 1), quickSignatures)
      const transport = this.#network.transport(this.#network.simulation.host(name))
      return shakeHands(transport.dial('target', nodePort), helloPayload(identity, {}, target.subnet), identity)
    })
    await pass(this.#network, 2000)
    if (target.routingTable?.size !== 2) throw new Error('The strangers are not linked.')
    this.#target = target
    this.#speaker = strangers[0]
    this.#before = usedBytes()
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const startedAt = performance.now()
    const deliveredBefore = this.#delivered
    let next = from
    while (next < until && performance.now() - startedAt < sliceMs) {
      const end = Math.min(until, next + perSecond)
      for (; next < end; next += 1) this.#say(next)
      // Once more: an id that was seen must not be delivered again.
      this.#say(end - 1)
      // oxlint-disable-next-line no-await-in-loop -- as fast as a peer may send
      await pass(this.#network, 1010)
    }
    const done = next - from
    const delivered = this.#delivered - deliveredBefore
    const growth = (usedBytes() - this.#before) / mebibyte
    return {
      done,
      worst: growth,
      violations: [
        ...unless(
          growth < growthMiBMax,
          `After ids ${from} to ${next} the node has grown by ${growth.toFixed(1)} MiB.`,
        ),
        ...unless(delivered === done, `Of ids ${from} to ${next}, ${delivered} of ${done} messages were delivered.`),
        ...unless(this.#target?.routingTable?.size === 2, `After ids ${from} to ${next} a link is lost.`),
      ],
    }
  }

  #say(index: number): void {
    const { now } = this.#network.simulation
    const flood = { id: idOf(index), time: now, messages: PacketLists.of([[packet]]), payload: new Uint8Array(0) }
    this.#speaker?.say('broadcast', encodeFlood(flood))
  }
}

/** One of four kinds of ids by turns. */
function idOf(index: number): MessageId {
  const kind = index % 4
  // New origins; new epochs of a hundred origins; sequences of ten origins with gaps; and of ten others without.
  if (kind === 0) return { origin: originOf(1_000_000 + index), epoch: 1, sequence: 1 }
  if (kind === 1) return { origin: originOf(100 + ((index >> 2) % 100)), epoch: index, sequence: 1 }
  const [nth, round] = [(index >> 2) % 10, Math.floor(index / 40)]
  if (kind === 2) return { origin: originOf(10 + nth), epoch: 2, sequence: 1 + 3 * round }
  return { origin: originOf(nth), epoch: 3, sequence: 1 + round }
}

function originOf(index: number): Uint8Array {
  const origin = new Uint8Array(32).fill(7)
  new DataView(origin.buffer).setUint32(0, index)
  return origin
}
