import { systemEnvironment } from '@ts2p/base'
import {
  batchStatement,
  broadcastHeaderHash,
  channelNumber,
  decodeBroadcast,
  decodeRecords,
  encodeRecords,
  identityFromSeed,
  noHeader,
  OutgoingEnvelope,
  portableSha256,
} from '@ts2p/protocol'
import type { Identity, OwnIdentity, WireBatch, WireRecord } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { recordId, SignedBatch } from '@ts2p/store'
import { expect, test } from 'vitest'
import { batchOf, neighborMessage, startLiar, subnetOf, wireRecord } from './liar.test-helper.ts'
import type { Liar } from './liar.test-helper.ts'
import { contents, createSigningNetwork, startNetwork } from './network.test-helper.ts'
import type { SyncSocket } from '../src/sync-socket.ts'
import { syncChannelName } from '../src/sync-channel.ts'

const channel = channelNumber(syncChannelName)
const networkId = subnetOf(true).hash
const names = ['a', 'b', 'c', 'd'] as const

/** A batch that has no signature of its own, and the statement of it that its broadcast is to make. */
function sharedBatch(
  owner: Identity,
  records: readonly WireRecord[],
  signer: OwnIdentity,
): { batch: WireBatch; statement: Uint8Array } {
  const { proof, ...batch } = batchOf(owner, records, { signer })
  const ids = records.map((record) => recordId({ ...record, owner: owner.key }, networkId))
  const { size, root } = SignedBatch.sign(ids, (bytes) => signer.sign(bytes))
  return {
    batch: { ...batch, proof: proof && { ...proof, signature: undefined, headerHash: noHeader } },
    statement: batchStatement(size, root),
  }
}

function broadcast(
  { simulation }: SimulatedNetwork,
  source: OwnIdentity,
  { batch, statement, sequence = 1 }: { batch: WireBatch; statement: Uint8Array; sequence?: number },
): OutgoingEnvelope {
  const header = { channel, epoch: 1, sequence, time: simulation.now, content: encodeRecords([batch]), statement }
  return new OutgoingEnvelope('broadcast', signedBroadcast(source, networkId, header), { channel })
}

/** Four nodes keep their links, have what is said and nothing else, and replicate what each of them writes. */
function expectUnharmed(
  { simulation }: SimulatedNetwork,
  nodes: Record<(typeof names)[number], SyncSocket<string, string>>,
  expected: readonly string[],
): void {
  for (const name of names) nodes[name].set(`by ${name}`, 'honest')
  simulation.runFor(2000)
  expect(names.slice(1).flatMap((name) => nodes[name].issues)).toEqual([])
  const keys = [...expected, ...names.map((name) => `by ${name}`)].toSorted()
  for (const name of names) {
    expect(
      contents(nodes[name]).map(([key]) => key),
      name,
    ).toEqual(keys)
    const others = names.filter((other) => other !== name)
    expect(
      others.every((other) => nodes[name].routingTable?.has(nodes[other].id)),
      `links of ${name}`,
    ).toBe(true)
  }
}

async function start(seed: number): Promise<{
  network: SimulatedNetwork
  nodes: Record<(typeof names)[number], SyncSocket<string, string>>
  liar: Liar
  heard: Uint8Array[]
}> {
  const network = createSigningNetwork(seed)
  const nodes = await startNetwork(network, names)
  network.simulation.runFor(10_000)
  const heard: Uint8Array[] = []
  const liar = await startLiar(network, 'a', { onBroadcast: (payload) => heard.push(payload) })
  return { network, nodes, liar, heard }
}

test("a batch without a signature of its own is not believed in somebody else's broadcast", async () => {
  const { network, nodes, liar } = await start(1)
  const record = wireRecord('key', network.simulation.now)
  const someone = identityFromSeed(network.simulation.random.bytes(32), systemEnvironment().ed25519)
  const other = sharedBatch(someone, [record], liar.identity)
  liar.connection.send(broadcast(network, liar.identity, other))
  network.simulation.runFor(1000)
  expect(nodes.a.issues).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('records that their owner did not sign') }),
  )
  expect(nodes.a.issues.map(({ message }) => message).join()).toContain(liar.identity.id)
  expectUnharmed(network, nodes, [])
})

test('a broadcast that states other records than it holds proves none of them', async () => {
  const { network, nodes, liar } = await start(2)
  const [one, two] = ['one', 'two'].map((key) => wireRecord(key, network.simulation.now))
  if (!one || !two) throw new Error('There are two.')
  const [stated, held] = [one, two].map((record) => sharedBatch(liar.identity, [record], liar.identity))
  if (!stated || !held) throw new Error('There are two.')
  liar.connection.send(broadcast(network, liar.identity, { batch: held.batch, statement: stated.statement }))
  liar.connection.send(
    broadcast(network, liar.identity, { batch: held.batch, statement: new Uint8Array(0), sequence: 2 }),
  )
  network.simulation.runFor(1000)
  expect(contents(nodes.a)).toEqual([])
  // What states the records that it holds is good.
  liar.connection.send(broadcast(network, liar.identity, { ...stated, sequence: 3 }))
  network.simulation.runFor(1000)
  expectUnharmed(network, nodes, ['one'])
})

test('the signature of a broadcast proves the records that it states, and no others', async () => {
  const { network, nodes, liar, heard } = await start(3)
  nodes.b.set('true', 'of b')
  network.simulation.runFor(1000)
  const sent = heard.map(decodeBroadcast).at(-1)
  if (!sent?.signature) throw new Error('The liar has heard the broadcast.')
  const { id, time, count, content, signature } = sent
  const headerHash = broadcastHeaderHash({ flag: 'broadcast', channel, id, time, count, content }, portableSha256)
  const [batch] = decodeRecords(content)
  if (!batch?.proof) throw new Error('There is one batch.')
  const record = wireRecord('forged', network.simulation.now)
  const forged = sharedBatch({ ...liar.identity, key: batch.owner }, [record], liar.identity).batch
  const { proof } = forged
  if (!proof) throw new Error('It is signed.')
  const lies = [headerHash, noHeader].map((hash) => ({ ...forged, proof: { ...proof, signature, headerHash: hash } }))
  for (const [index, lie] of lies.entries()) {
    const bytes = encodeRecords([lie])
    if (index === 0) liar.connection.send(neighborMessage('records', bytes))
    else liar.connection.send(broadcast(network, liar.identity, { batch: lie, statement: sent.statement }))
  }
  network.simulation.runFor(1000)
  expect(contents(nodes.a)).toEqual([['true', 'of b']])
  const isForged = nodes.a.issues.some(({ message }) => message.includes('records that their owner did not sign'))
  expect(isForged).toBe(true)
  expectUnharmed(network, nodes, ['true'])
})
