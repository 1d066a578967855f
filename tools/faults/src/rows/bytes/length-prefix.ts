import { defaultLimits, FrameDecoder, identityFromSeed } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { randomOf } from '../../support/cases/case-random.ts'
import { residentMiB } from '../../support/resources/memory.ts'
import { createNetwork, nodePort, pass, passUntil, startBase } from '../../support/nodes/simulated-nodes.ts'
import type { SimulatedNode } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands, Stranger } from '../../support/adversaries/stranger.ts'

const links = 1000
const growthMiBMax = 16
/** Links before the first case, so that what the first links load is not counted. */
const warmUpLinks = 40
/** Links of one slice. */
const linksPerSlice = 100
/** Virtual time that no limit of time ends. */
const longMs = 3_600_000

/** Links that announce frames which never come. */
export const lengthPrefix: FaultRow = {
  name: 'length-prefix',
  fault: '1,000 links announce frames of up to 0xFFFFFFFF bytes and send one byte of them.',
  mustHold: 'A length above the limit closes the link on its 4 bytes; all links take < 16 MiB.',
  wanted: links,
  unit: 'links',
  figure: 'MiB of growth of the resident memory',
  open: () => LengthPrefix.open(),
}

type Kind = 'far above the limit' | 'just above the limit' | 'within the limit' | 'established' | 'a decoder'
const kinds: readonly Kind[] = [
  'far above the limit',
  'just above the limit',
  'within the limit',
  'established',
  'a decoder',
]

class LengthPrefix implements FaultRunner {
  readonly #network: SimulatedNetwork
  readonly #node: SimulatedNode<Awaited<ReturnType<typeof startBase>>['socket']>
  readonly #retained: (Stranger | FrameDecoder)[] = []
  #before = 0

  private constructor(network: SimulatedNetwork, node: Awaited<ReturnType<typeof startBase>>) {
    this.#network = network
    this.#node = node
  }

  static async open(): Promise<LengthPrefix> {
    const network = createNetwork(1)
    const limits = {
      ...{ halfOpenMax: 2 * links, halfOpenPerHostMax: 2 * links, peersMax: 2 * links },
      ...{ handshakeMs: longMs, pingMs: longMs, deadMs: 2 * longMs },
    }
    const row = new LengthPrefix(network, await startBase(network, 'node', { limits }))
    for (let index = 0; index < warmUpLinks; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one link after the other
      await row.#announce(links + index)
    }
    row.#before = residentMiB()
    return row
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const end = Math.min(until, from + linksPerSlice)
    const violations: string[] = []
    for (let index = from; index < end; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one link after the other
      const violation = await this.#announce(index)
      if (violation !== undefined) violations.push(`Case ${index}: ${violation}`)
    }
    const worst = residentMiB() - this.#before
    if (worst >= growthMiBMax) violations.push(`Cases up to ${end - 1}: the memory grew by ${worst.toFixed(1)} MiB.`)
    return { done: end - from, worst, violations }
  }

  async close(): Promise<void> {
    const closing = this.#node.socket.close()
    await pass(this.#network, 10_000, 1000)
    await closing
  }

  /** Announces a frame on a link of its own, which stays if it may. @returns what did not hold */
  async #announce(index: number): Promise<string | undefined> {
    const kind = kinds[index % kinds.length] ?? 'a decoder'
    const random = randomOf(index)
    if (kind === 'a decoder') return this.#announceToDecoder()
    const { handshakeFrameBytesMax, frameBytesMax } = defaultLimits
    const lengths = {
      'far above the limit': index % 2 === 0 ? 0xffff_ffff : 2 ** 31 + random.integer(0, 2 ** 31 - 1),
      'just above the limit': random.integer(handshakeFrameBytesMax + 1, frameBytesMax),
      'within the limit': handshakeFrameBytesMax,
      established: frameBytesMax,
    }
    const bytes = Buffer.alloc(5, 1)
    bytes.writeUInt32BE(lengths[kind])
    const host = this.#network.simulation.host(`stranger-${index}`)
    const link = this.#network.transport(host).dial('node', nodePort)
    const stranger = kind === 'established' ? this.#join(link, index) : new Stranger(link)
    const { connections } = this.#node.socket
    const joined = connections.size
    const isReady = (): boolean => (kind === 'established' ? connections.size > joined : stranger.isOpen)
    if (!(await passUntil(this.#network, isReady, 2000, 10))) return `${kind}: the link was not made.`
    link.write([kind.endsWith('above the limit') ? bytes.subarray(0, 4) : bytes])
    await pass(this.#network, 20, 10)
    this.#retained.push(stranger)
    const shouldEnd = kind.endsWith('above the limit')
    if (stranger.isEnded === shouldEnd) return undefined
    return `${kind}: the link ${stranger.isEnded ? 'ended' : 'stayed'} after ${lengths[kind]} bytes were announced.`
  }

  #join(link: Stranger['link'], index: number): Stranger {
    const seed = new Uint8Array(32)
    new DataView(seed.buffer).setUint32(0, index)
    const identity = identityFromSeed(seed, this.#node.host.environment.ed25519)
    return shakeHands(link, helloPayload(identity), identity)
  }

  /** A decoder without a limit, which takes the length for true and must wait for the bytes without room for them. */
  #announceToDecoder(): string | undefined {
    const decoder = new FrameDecoder(0xffff_ffff)
    decoder.push(Uint8Array.of(255, 255, 255, 255, 1))
    this.#retained.push(decoder)
    return decoder.next() === undefined ? undefined : 'a decoder gave a frame that has not come.'
  }
}
