import { createSubnet } from '@ts2p/protocol'
import type { Subnet, WireBatch } from '@ts2p/protocol'
import { quickSignatures, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import { Store } from '@ts2p/store'
import type { StoreRecord } from '@ts2p/store'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { contentsOf } from '../../support/nodes/contents.ts'
import { CountedSignatures } from '../../support/wire/counted-signatures.ts'
import { OfferedRecords } from '../../support/adversaries/offered-records.ts'
import type { LinkedStranger } from '../../support/adversaries/offered-records.ts'
import { pass } from '../../support/nodes/simulated-nodes.ts'
import { batchOf, storePayload, wireRecord } from '../../support/wire/wire-records.ts'

const replays = 1_000_000
/** Records of one message. A case is one of them; slices begin and end with a message. */
const batchSize = 200
const owners = 5
const sliceMs = 1000
/** Every so many messages bring records that are signed for another network and are not known here. */
const strangeEvery = 50

/** Records that came before come again, on the same network and from another. */
export const replay: FaultRow = {
  name: 'replay',
  fault: 'Known records come again, in the same message or a new one, of this network or signed for another.',
  mustHold: 'The state stays the same, and no signature is verified for known records.',
  wanted: replays,
  unit: 'replays',
  open: () => Replayer.open(),
}

/** Offers what a node and a store have already. */
class Replayer implements FaultRunner {
  readonly #offered: OfferedRecords
  readonly #signatures: CountedSignatures
  readonly #known: readonly WireBatch[]
  readonly #elsewhere: readonly WireBatch[]
  readonly #store = new Store({ owner: new Uint8Array(32), signed: true })
  readonly #records: StoreRecord[] = []
  #state = ''
  #root = ''
  #linked: LinkedStranger | undefined
  #sequence = 0

  private constructor(offered: OfferedRecords, signatures: CountedSignatures) {
    this.#offered = offered
    this.#signatures = signatures
    const { subnet } = offered.target
    const another = createSubnet({ ...subnet, description: 'another network' })
    this.#known = this.#batches('key', subnet)
    this.#elsewhere = this.#batches('key', another)
  }

  static async open(): Promise<Replayer> {
    const signatures = new CountedSignatures(quickSignatures)
    const simulation = new Simulation({ seed: 1, ed25519: signatures })
    const offered = await OfferedRecords.open(new SimulatedNetwork(simulation))
    const row = new Replayer(offered, signatures)
    await row.#sayAllOnce()
    return row
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const endsAt = performance.now() + sliceMs
    const violations: string[] = []
    let next = from
    while (next < until && (next === from || performance.now() < endsAt)) {
      // oxlint-disable-next-line no-await-in-loop -- one message after the other
      const sentence = await this.#replay(Math.floor(next / batchSize))
      if (sentence !== undefined) violations.push(`Cases ${next} to ${next + batchSize - 1}: ${sentence}`)
      next += batchSize
    }
    return { done: Math.min(next, until) - from, violations }
  }

  async close(): Promise<void> {
    const { network, target, neighbor } = this.#offered
    const pruneWatermark = [target.close(), neighbor.close()]
    await pass(network, 10_000, 1000)
    await Promise.all(pruneWatermark)
  }

  /** One batch of each owner, signed for a network. */
  #batches(name: string, subnet: ReturnType<typeof createSubnet>): WireBatch[] {
    const now = this.#offered.network.simulation.now
    return Array.from({ length: owners }, (_, index) => {
      const owner = this.#offered.owner(index)
      const records = Array.from({ length: batchSize }, (__, at) =>
        wireRecord(`${name} ${index} ${at}`, now, `value ${at}`),
      )
      return batchOf(owner, records, { signer: owner, subnet })
    })
  }

  /** Gives the node and the store all records for the first time. */
  async #sayAllOnce(): Promise<void> {
    const { network, target, neighbor } = this.#offered
    this.#linked = await this.#offered.link()
    const before = this.#signatures.verifications
    for (const batch of this.#known) this.#say(batch)
    await pass(network, 3000)
    if (target.size !== owners * batchSize || neighbor.size !== target.size)
      throw new Error('The records did not come.')
    if (this.#signatures.verifications - before < owners) throw new Error('The records were not verified.')
    for (const { owner, records } of this.#known) {
      for (const record of records) this.#records.push({ ...record, owner })
    }
    for (const record of this.#records) this.#store.restore(record)
    this.#state = contentsOf(target)
    this.#root = Buffer.from(this.#store.summaryRoot()).toString('hex')
  }

  get #networkNow(): { subnet: Subnet; time: number } {
    const { network, target } = this.#offered
    return { subnet: target.subnet, time: network.simulation.now }
  }

  #say(batch: WireBatch, sequence = (this.#sequence += 1)): void {
    if (!this.#linked) throw new Error('No stranger is linked.')
    const { identity, stranger } = this.#linked
    stranger.sayToAll(storePayload(identity, [batch], { ...this.#networkNow, sequence }))
  }

  /** Replays a message. @returns what did not hold */
  async #replay(message: number): Promise<string | undefined> {
    const batch = this.#known[message % owners]
    const foreign = this.#elsewhere[message % owners]
    if (!batch || !foreign) throw new RangeError('There is no such batch.')
    if (message % strangeEvery === strangeEvery - 1) return this.#sayNewsOfAnotherNetwork(message)
    if (message % 4 === 3) return this.#replayToStore()
    if (this.#linked?.stranger.isEnded !== false) this.#linked = await this.#relink()
    const before = this.#signatures.verifications
    if (message % 4 === 0) this.#say(batch, this.#sequence)
    else this.#say(message % 4 === 1 ? batch : foreign)
    await pass(this.#offered.network, 50, 50)
    const verified = this.#signatures.verifications - before
    if (verified > 0) return `${verified} signatures were verified for known records.`
    return this.#changeOfState()
  }

  /** The store that was given all records directly, with proofs that must not be asked for. */
  #replayToStore(): string | undefined {
    const nowMs = this.#offered.network.simulation.now
    for (const record of this.#records.slice(0, batchSize)) {
      const { outcome } = this.#store.apply(record, nowMs, () => {
        throw new Error('The proof of a known record is asked for.')
      })
      if (outcome !== 'known') return `a known record is ${outcome}.`
    }
    const root = Buffer.from(this.#store.summaryRoot()).toString('hex')
    return root === this.#root ? undefined : 'the hash of the store has changed.'
  }

  /** Records that are signed for another network, and known here to nobody, in the name of a stranger of its own. */
  async #sayNewsOfAnotherNetwork(message: number): Promise<string | undefined> {
    const { network, target } = this.#offered
    const another = createSubnet({ ...target.subnet, description: 'another network' })
    const [batch] = this.#batches(`news ${message}`, another)
    if (!batch) throw new RangeError('There is no such batch.')
    const { identity, stranger } = await this.#offered.link()
    stranger.sayToAll(storePayload(identity, [batch], this.#networkNow))
    await pass(network, 100, 50)
    stranger.link.close()
    await pass(network, 50, 50)
    return this.#changeOfState()
  }

  async #relink(): Promise<LinkedStranger> {
    this.#sequence = 1
    return this.#offered.link()
  }

  #changeOfState(): string | undefined {
    const { target, neighbor } = this.#offered
    if (contentsOf(target) !== this.#state) return 'the state of the node has changed.'
    return contentsOf(neighbor) === this.#state ? undefined : 'the state of its neighbor has changed.'
  }
}
