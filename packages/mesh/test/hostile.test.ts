import { encodeBroadcast, encodePackets, identityFromSeed, OutgoingEnvelope, PacketLists } from '@ts2p/protocol'
import type { Flag, Identity } from '@ts2p/protocol'
import { quickSignatures, signedBroadcast, simulationStart } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { startLiar } from './liar.test-helper.ts'
import { createNetwork, meshSubnet, received, settled, startNetwork } from './network.test-helper.ts'

async function say(
  flag: Flag,
  payload: (liar: Identity) => Uint8Array,
): Promise<{ heard: string[][]; isLinked: boolean; messages: readonly string[] }> {
  const network = createNetwork(1)
  const nodes = await startNetwork(network, 3)
  const { identity, connection } = await startLiar(network, 'n0')
  connection.send(new OutgoingEnvelope(flag, payload(identity)))
  network.simulation.runFor(2000)
  await settled()
  expect(nodes.map(({ socket }) => socket.routingTable?.size).slice(1), 'the others').toEqual([2, 2])
  const [first] = nodes
  return {
    heard: nodes.map(received),
    isLinked: first?.socket.routingTable?.has(identity.id) === true,
    messages: first?.socket.issues.map(({ message }) => message) ?? [],
  }
}

const victim = identityFromSeed(new Uint8Array(32).fill(7), quickSignatures)
const unsigned = { time: 0, count: 1, signature: undefined, statement: new Uint8Array(0) }

test("a whisper in another's name closes the link", async () => {
  const id = { source: victim.key, epoch: 1, sequence: 1 }
  const packets = ['whisper', 'lie'].map((text) => new TextEncoder().encode(text))
  const { heard, isLinked, messages } = await say('whisper', () =>
    encodeBroadcast({ ...unsigned, id, content: encodePackets(PacketLists.of([packets])) }),
  )
  expect(heard).toEqual([[], [], []])
  expect(isLinked).toBe(false)
  expect(messages).toEqual([expect.stringContaining('it sent what no ts2p node sends')])
})

test('a search for an id of a million bytes closes the link at once: spelling it would take hours', async () => {
  const content = new Uint8Array(1_000_000).fill(255)
  // Bytes that are all the same would not get through compressed; these do.
  content.forEach((_, index) => (content[index] = (index * 2_654_435_761) >>> 24))
  const { isLinked, messages } = await say('request', () =>
    signedBroadcast(victim, meshSubnet.hash, {
      flag: 'request',
      epoch: 1,
      sequence: 1,
      time: simulationStart,
      content,
    }),
  )
  expect(isLinked).toBe(false)
  expect(messages).toEqual([expect.stringContaining('request: no honest node sends this')])
})

test.each(['broadcast', 'store', 'forward', 'peers', 'notify', 'resend', 'handshake'] as const)(
  'bytes that are no %s close the link, or are left alone',
  async (flag) => {
    const { heard } = await say(flag, () => new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]))
    expect(heard).toEqual([[], [], []])
  },
)
