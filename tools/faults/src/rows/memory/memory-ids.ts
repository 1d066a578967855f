import type { MeshSocket } from '@ts2p/mesh'
import { encodePackets, identityFromSeed, PacketLists } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { quickSignatures, signedBroadcast } from '@ts2p/simulator'
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
/** The epochs of sources that send on: with gaps between their sequences, and without. */
const [sparseEpoch, denseEpoch] = [2, 3]
const packet = new Uint8Array(Buffer.from('a broadcast'))

/** Ten million ids of messages, each to be delivered once. */
export const memoryIds: FaultRow = {
  name: 'memory-ids',
  fault: 'A neighbor sends 10 million broadcasts with other ids: of new sources, new epochs and sparse sequences.',
  mustHold: 'None is delivered twice, none of known sources is missed, and the node grows by less than 32 MiB.',
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
  /** Delivered of known sources, and of new ones, of which a link may bring few. */
  #known = 0
  #new = 0
  #before = 0

  /** Links a node with a stranger that speaks and one that hears everything. */
  async link(): Promise<void> {
    const { socket: target } = await startMesh(this.#network, 'target')
    target.registerHandler(({ epoch }) => {
      if (epoch === sparseEpoch || epoch === denseEpoch) this.#known += 1
      else this.#new += 1
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
    const [knownBefore, newBefore] = [this.#known, this.#new]
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
    const [delivered, fresh] = [this.#known - knownBefore, this.#new - newBefore]
    const known = Array.from({ length: done }, (_, at) => (from + at) % 4).filter((kind) => kind >= 2).length
    const growth = (usedBytes() - this.#before) / mebibyte
    return {
      done,
      worst: growth,
      violations: [
        ...unless(
          growth < growthMiBMax,
          `After ids ${from} to ${next} the node has grown by ${growth.toFixed(1)} MiB.`,
        ),
        ...unless(delivered === known, `Of ids ${from} to ${next}, ${delivered} of ${known} messages were delivered.`),
        ...unless(fresh <= done - known, `Of ids ${from} to ${next}, ${fresh} of ${done - known} new ones came.`),
        ...unless(this.#target?.routingTable?.size === 2, `After ids ${from} to ${next} a link is lost.`),
      ],
    }
  }

  #say(index: number): void {
    if (!this.#target) return
    const { source, epoch, sequence } = idOf(index)
    const content = encodePackets(PacketLists.of([[packet]]))
    const header = { epoch, sequence, time: this.#network.simulation.now, content }
    this.#speaker?.say('broadcast', signedBroadcast(source, this.#target.subnet.hash, header))
  }
}

/** One of four kinds of ids by turns. */
function idOf(index: number): { source: OwnIdentity; epoch: number; sequence: number } {
  const kind = index % 4
  // New sources; new epochs of a hundred sources; sequences of ten sources with gaps; and of ten others without.
  if (kind === 0) return { source: sourceOf(1_000_000 + index), epoch: 1, sequence: 1 }
  if (kind === 1) return { source: sourceOf(100 + ((index >> 2) % 100)), epoch: index, sequence: 1 }
  const [nth, round] = [(index >> 2) % 10, Math.floor(index / 40)]
  if (kind === 2) return { source: sourceOf(10 + nth), epoch: sparseEpoch, sequence: 1 + 3 * round }
  return { source: sourceOf(nth), epoch: denseEpoch, sequence: 1 + round }
}

function sourceOf(index: number): OwnIdentity {
  const seed = new Uint8Array(32).fill(7)
  new DataView(seed.buffer).setUint32(0, index)
  return identityFromSeed(seed, quickSignatures)
}
