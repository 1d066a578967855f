import { decodeBroadcast, encodeBroadcast, nodeIdFromKey, OutgoingEnvelope } from '@ts2p/protocol'
import type { Broadcast } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'
import { createSigningNetwork } from '@ts2p/simulator/testing'
import { describe, expect, test } from 'vitest'
import { broadcastOf, contentOf, identityIn, issuesOf, sendAll, startScene, topologies } from './attack.test-helper.ts'
import { meshSubnet } from './network.test-helper.ts'

const weekMs = 7 * 24 * 3_600_000

function flippedAt(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))
}

describe.each(topologies)('in a %s', (topology) => {
  test('an invalid message under the next number of a real source costs the liar its link, and the real one is delivered', async () => {
    const scene = await startScene(createSigningNetwork(1), topology)
    const { network, nodes, liar, victim, observer } = scene
    await observer.say('heard by the liar')
    const broadcasts = liar.heard.flatMap(({ flag, payload }) =>
      flag === 'broadcast' ? [decodeBroadcast(payload)] : [],
    )
    expect(new Set(broadcasts.map(({ id }) => nodeIdFromKey(id.source))).size).toBe(nodes.length)
    const forged = broadcasts.flatMap((broadcast) =>
      [1, 2, 3].map((ahead) => ({
        ...broadcast,
        id: { ...broadcast.id, sequence: broadcast.id.sequence + ahead },
        content: contentOf('forged'),
      })),
    )
    const links = await sendAll(
      scene,
      forged.map((broadcast) => new OutgoingEnvelope('broadcast', encodeBroadcast(broadcast))),
      30,
    )
    // What is said to be the victim's own is left alone.
    expect(links).toBe(3 * (nodes.length - 1))
    expect(issuesOf(victim, 'protocol-violation')).toEqual([expect.stringContaining(`${liar.identity.id} at`)])
    for (const label of ['one', 'two', 'three']) await observer.say(label)
    network.simulation.runFor(2000)
    observer.check()
  })

  test('a signed broadcast that holds no packets, or not as many as it says, is not passed on', async () => {
    const scene = await startScene(createSigningNetwork(2), topology)
    const { network, nodes, liar, observer } = scene
    const time = network.simulation.now
    const contents = [new Uint8Array([255, 255]), contentOf('two', 2), new Uint8Array(0)]
    const frames = contents.map((content, index) =>
      broadcastOf(liar.identity, { epoch: 1, sequence: index + 1, time, content }),
    )
    expect(await sendAll(scene, frames, 30)).toBe(3)
    await observer.say('after')
    observer.check()
    expect(nodes.map((node) => issuesOf(node, 'protocol-violation').length)).toEqual([0, 1, 0, 0])
  })

  test('a header with another payload, or a payload with another header: each is refused, and the true one delivered', async () => {
    const scene = await startScene(createSigningNetwork(3), topology)
    const { network, nodes, victim, observer } = scene
    const source = identityIn(network)
    const header = { epoch: 7, sequence: 9, time: network.simulation.now, content: contentOf('true') }
    const statement = new Uint8Array([1, 2, 3])
    const payload = signedBroadcast(source, meshSubnet.hash, { ...header, statement })
    const broadcast = decodeBroadcast(payload)
    const { id, content, signature = new Uint8Array(64) } = broadcast
    const lies: Partial<Broadcast>[] = [
      ...Array.from({ length: content.length }, (_, at) => ({ content: flippedAt(content, at) })),
      ...Array.from({ length: 64 }, (_, at) => ({ signature: flippedAt(signature, at) })),
      ...Array.from({ length: 32 }, (_, at) => ({ id: { ...id, source: flippedAt(id.source, at) } })),
      ...[6, 8].map((epoch) => ({ id: { ...id, epoch } })),
      ...[8, 10, 1].map((sequence) => ({ id: { ...id, sequence } })),
      ...[{ time: broadcast.time + 1 }, { time: broadcast.time - 1 }, { time: broadcast.time - weekMs }, { count: 2 }],
      ...[{ statement: new Uint8Array(0) }, { statement: flippedAt(statement, 0) }, { signature: undefined }],
    ]
    const frames = [
      ...lies.map((lie) => new OutgoingEnvelope('broadcast', encodeBroadcast({ ...broadcast, ...lie }))),
      ...[1, 65_536].map((channel) => new OutgoingEnvelope('broadcast', payload, { channel })),
      ...(['request', 'response'] as const).map((flag) => new OutgoingEnvelope(flag, payload)),
      new OutgoingEnvelope('broadcast', signedBroadcast(source, new Uint8Array(32), header)),
    ]
    const links = await sendAll(scene, frames, 30)
    // Only what is dated a week ago is dropped without a look at its signature.
    expect(links).toBe(frames.length - 1)
    await observer.say('meanwhile')
    observer.check()
    await sendAll(scene, [new OutgoingEnvelope('broadcast', payload), new OutgoingEnvelope('broadcast', payload)])
    network.simulation.runFor(500)
    observer.check(['true'])
    expect(nodes.map((node) => issuesOf(node, 'protocol-violation').length)).toEqual([0, 1, 0, 0])
    expect(victim.socket.metrics().directDropped).toBe(0)
  })
})
