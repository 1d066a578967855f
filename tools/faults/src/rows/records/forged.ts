import { isDeepStrictEqual } from 'node:util'
import { channelNumber, decodeRecords, encodeRecords, ProtocolError } from '@ts2p/protocol'
import type { WireBatch, WireRecord } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import type { Random } from '@ts2p/simulator'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { randomOf } from '../../support/cases/case-random.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { OfferedRecords } from '../../support/adversaries/offered-records.ts'
import type { LinkedStranger } from '../../support/adversaries/offered-records.ts'
import { createSigningNetwork, pass, settled } from '../../support/nodes/simulated-nodes.ts'
import { batchOf, storePayload, wireRecord } from '../../support/wire/wire-records.ts'

const mutants = 100_000
const owners = 8
/** A node that brought this many forgeries must be cut off. */
const forgeriesMax = 3
/** The virtual time that a mutant has to be accepted and to reach the neighbor, milliseconds. */
const passMs = 12

/** Signed records that were changed after they were signed, offered by a linked node. */
export const forged: FaultRow = {
  name: 'forged',
  fault: 'A linked node offers records that were changed after their owner signed them.',
  mustHold: '0 are accepted, 0 relayed; the node that brings them is disconnected at the third forgery.',
  wanted: mutants,
  unit: 'mutants',
  open: () => Forger.open(),
}

/** Offers mutants, each by a stranger that is still linked. */
class Forger implements FaultRunner {
  readonly #offered: OfferedRecords
  readonly #good: readonly (readonly WireBatch[])[]
  #current: LinkedStranger | undefined
  #offers = 0
  #sequence = 0
  #heard = 0

  private constructor(offered: OfferedRecords) {
    this.#offered = offered
    const { network, target } = offered
    this.#good = Array.from({ length: owners }, (_, index) => {
      const owner = offered.owner(index)
      const count = [1, 1, 2, 3, 5, 8, 16, 30][index] ?? 1
      const records = Array.from({ length: count }, (__, at) =>
        wireRecord(`key ${index} ${at}`, network.simulation.now, `value ${index} ${at}`),
      )
      return [batchOf(owner, records, { signer: owner, subnet: target.subnet })]
    })
    offered.neighbor.on('change', () => (this.#heard += 1))
  }

  static async open(): Promise<Forger> {
    const offered = await OfferedRecords.open(createSigningNetwork(1))
    await proveThatGoodOnesSpread(offered)
    return new Forger(offered)
  }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => this.#offer(index))
  }

  async close(): Promise<void> {
    const { network, target, neighbor } = this.#offered
    const pruneWatermark = [target.close(), neighbor.close()]
    await pass(network, 10_000, 1000)
    await Promise.all(pruneWatermark)
  }

  async #offer(index: number): Promise<CaseResult> {
    const { network, target, neighbor } = this.#offered
    const random = randomOf(index)
    const payload = mutantOf(random.pick(this.#good), random)
    this.#current ??= await this.#offered.link()
    const { identity, stranger } = this.#current
    this.#sequence += 1
    this.#offers += 1
    const before = [target.size, neighbor.size, this.#heard]
    const broadcast = { channel: channelNumber('sync'), time: network.simulation.now, content: payload }
    stranger.sayToAll(
      signedBroadcast(identity, target.subnet.hash, { ...broadcast, epoch: 1, sequence: this.#sequence }),
    )
    network.simulation.runFor(passMs)
    await settled()
    const after = [target.size, neighbor.size, this.#heard]
    const isTooMany = this.#offers >= forgeriesMax
    if (isTooMany && !stranger.isEnded) network.simulation.runFor(100)
    const isMarked = !isTooMany || stranger.isEnded
    if (stranger.isEnded || !isMarked) {
      this.#current = undefined
      this.#offers = 0
      this.#sequence = 0
    }
    const hex = Buffer.from(payload).toString('hex')
    return {
      violations: [
        ...unless(before[0] === after[0], `a mutant was accepted: ${hex}`),
        ...unless(before[1] === after[1] && before[2] === after[2], `a mutant was relayed: ${hex}`),
        ...unless(isMarked, `a node is still linked after ${forgeriesMax} forgeries, the last: ${hex}`),
      ],
    }
  }
}

/** The check would be worth nothing if records that nobody changed did not come through. */
async function proveThatGoodOnesSpread(offered: OfferedRecords): Promise<void> {
  const { network, target, neighbor } = offered
  const { identity, stranger } = await offered.link()
  const owner = offered.owner(owners)
  const records = [wireRecord('good', network.simulation.now, 'good')]
  stranger.sayToAll(
    storePayload(identity, [batchOf(owner, records, { signer: owner, subnet: target.subnet })], {
      ...{ subnet: target.subnet, time: network.simulation.now },
    }),
  )
  await pass(network, 1000)
  if (target.get('good') !== 'good' || neighbor.get('good') !== 'good')
    throw new Error('A good record does not spread.')
}

/** The payload of records of which something was changed. Its meaning differs, or it has none. */
function mutantOf(batches: readonly WireBatch[], random: Random): Uint8Array {
  const good = encodeRecords(batches)
  for (;;) {
    const mutant = random.chance(0.5)
      ? flipped(good, random)
      : encodeRecords(batches.map((one) => changed(one, random)))
    if (hasAnotherMeaning(mutant, batches)) return mutant
  }
}

/** Whether the payload claims something else. One in which an unknown field hides all records claims nothing. */
function hasAnotherMeaning(mutant: Uint8Array, batches: readonly WireBatch[]): boolean {
  try {
    const decoded = decodeRecords(mutant)
    if (decoded.every(({ records }) => records.length === 0)) return false
    return !isDeepStrictEqual(decoded, decodeRecords(encodeRecords(batches)))
  } catch (error) {
    if (error instanceof ProtocolError) return true
    throw error
  }
}

/** The bytes with 1 to 3 bits turned round. */
function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const mutant = bytes.slice()
  for (let count = random.integer(1, 3); count > 0; count -= 1) {
    const at = random.integer(0, mutant.length - 1)
    mutant[at] = (mutant[at] ?? 0) ^ (1 << random.integer(0, 7))
  }
  return mutant
}

/** The batch with one part changed to another that is well-formed. */
function changed(batch: WireBatch, random: Random): WireBatch {
  const { records, proof } = batch
  const signature = proof?.signature
  if (!proof || !signature) return batch
  const which = random.integer(0, records.length - 1)
  const replaced = (change: (record: WireRecord) => Partial<WireRecord>): WireBatch => ({
    ...batch,
    records: records.map((record, at) => (at === which ? { ...record, ...change(record) } : record)),
  })
  const more = random.integer(1, 1000)
  const changes: readonly (() => WireBatch)[] = [
    () => replaced(({ key }) => ({ key: flipped(key, random) })),
    () => replaced(({ value }) => ({ value: flipped(value, random) })),
    () => replaced(({ value }) => ({ value: Buffer.concat([value, Buffer.of(0)]) })),
    () => replaced(({ timestamp }) => ({ timestamp: timestamp + more })),
    () => replaced(({ acquired }) => ({ acquired: acquired - more })),
    () => replaced(({ timestamp }) => ({ pruneWatermark: timestamp - more })),
    () => replaced(() => ({ released: true, value: new Uint8Array(0) })),
    () => ({ ...batch, owner: random.bytes(32) }),
    () => ({ ...batch, proof: undefined }),
    () => ({ ...batch, proof: { ...proof, signature: flipped(signature, random) } }),
    () => ({ ...batch, proof: { ...proof, signature: undefined } }),
    () => ({ ...batch, proof: { ...proof, headerHash: random.bytes(32) } }),
    () => ({ ...batch, proof: { ...proof, signature: new Uint8Array(64) } }),
    () => ({ ...batch, proof: { ...proof, size: proof.size + random.integer(1, 3) } }),
    () => ({ ...batch, proof: { ...proof, path: random.bytes(32) } }),
    () => ({
      ...batch,
      records: records.toReversed().map((record) => ({ ...record, timestamp: record.timestamp + 1 })),
    }),
  ]
  return random.pick(changes)()
}
