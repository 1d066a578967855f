import { encodePackets, identityFromSeed, OutgoingEnvelope, PacketLists } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { startLiar } from './liar.test-helper.ts'
import { createNetwork, meshSubnet, received, startNode } from './network.test-helper.ts'

test('the messages of a source that was forgotten for others are not delivered again', async () => {
  const network = createNetwork(1)
  const node = await startNode(network, 'n0', { limits: { sourcesMax: 3 } })
  const [first, second] = [
    await startLiar(network, 'n0', { name: 'first' }),
    await startLiar(network, 'n0', { name: 'second' }),
  ]
  const sources = Array.from({ length: 4 }, (_, index) =>
    identityFromSeed(new Uint8Array(32).fill(index + 1), node.host.environment.ed25519),
  )
  const frameOf = (source: OwnIdentity, text: string): OutgoingEnvelope => {
    const content = encodePackets(PacketLists.of([['type', text].map((part) => new TextEncoder().encode(part))]))
    const header = { epoch: 1, sequence: 1, time: network.simulation.now, content }
    return new OutgoingEnvelope('broadcast', signedBroadcast(source, meshSubnet.hash, header))
  }
  const frames = sources.map((source, index) => frameOf(source, `message ${index}`))
  for (const frame of frames.slice(0, 3)) first.connection.send(frame)
  network.simulation.runFor(100)
  const last = frames[3]
  // It takes the place of the first source, since that came by the link that has brought most.
  if (last) second.connection.send(last)
  network.simulation.runFor(100)
  for (const frame of frames) second.connection.send(frame)
  network.simulation.runFor(1000)
  expect(received(node)).toEqual(['message 0', 'message 1', 'message 2', 'message 3'])
})
