// A process with a small heap: a node to which foreign owners offer keys. Started by the row memory-keys.
import { identityFromSeed } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import { createNetwork, nodePort, pass, startSync } from '../nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from './stranger.ts'
import { batchOf, storePayload, wireRecord } from '../wire/wire-records.ts'

/** What the row asks for: keys to offer. */
export interface KeyOffer {
  readonly from: number
  readonly until: number
}

/** What the node is like after it. */
export interface KeyFloodState {
  readonly size: number
  /** How many of its own keys it has as it set them. */
  readonly intact: number
  readonly isWritable: boolean
  readonly isLinked: boolean
  /** Codes of issues. */
  readonly issues: readonly string[]
  readonly rssMiB: number
}

export const ownKeys = 1000
/** Keys of one owner: more than it may have. */
const keysPerOwner = 100_000
const batchSize = 1000
const network = createNetwork(1)
const { socket: target } = await startSync(network, 'target')
for (let key = 0; key < ownKeys; key += 1) target.set(`own ${key}`, `value ${key}`)
const speaker = ownerOf(0)
const transport = network.transport(network.simulation.host('speaker'))
const stranger = shakeHands(transport.dial('target', nodePort), helloPayload(speaker, {}, target.subnet), speaker)
await pass(network, 2000)
if (!target.routingTable) throw new Error('The stranger is not linked.')

process.on('message', (offer: KeyOffer) => void offerKeys(offer).then((state) => process.send?.(state)))
process.send?.(stateOf())

async function offerKeys({ from, until }: KeyOffer): Promise<KeyFloodState> {
  for (let next = from; next < until; next += batchSize) {
    const owner = ownerOf(1 + Math.floor(next / keysPerOwner))
    const records = Array.from({ length: Math.min(batchSize, until - next) }, (_, at) =>
      wireRecord(`key ${next + at} of a stranger`, network.simulation.now, `value ${next + at}`.padEnd(60, '.')),
    )
    const batch = batchOf(owner, records, { signer: owner, subnet: target.subnet })
    stranger.sayToAll(
      storePayload(owner, [batch], {
        subnet: target.subnet,
        time: network.simulation.now,
        sequence: 1 + next / batchSize,
      }),
    )
    // oxlint-disable-next-line no-await-in-loop -- as fast as the node reads
    await pass(network, 50, 50)
  }
  await pass(network, 500)
  return stateOf()
}

function stateOf(): KeyFloodState {
  let intact = 0
  for (let key = 0; key < ownKeys; key += 1) if (target.get(`own ${key}`) === `value ${key}`) intact += 1
  return {
    size: target.size,
    intact,
    isWritable: isWritable(),
    isLinked: target.routingTable !== undefined,
    issues: target.issues.map(({ code }) => code),
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  }
}

/** Whether the node can still change a key of its own. */
function isWritable(): boolean {
  target.set('own 0', 'changed')
  return target.set('own 0', 'value 0').get('own 0') === 'value 0'
}

function ownerOf(index: number): OwnIdentity {
  const seed = new Uint8Array(32).fill(5)
  new DataView(seed.buffer).setUint32(0, index)
  return identityFromSeed(seed, quickSignatures)
}
