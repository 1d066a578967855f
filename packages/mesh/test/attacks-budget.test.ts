import { encodeIWant, OutgoingEnvelope, packetsMax } from '@ts2p/protocol'
import { createNetwork } from '@ts2p/simulator/testing'
import { describe, expect, test } from 'vitest'
import { broadcastOf, contentOf, issuesOf, startScene, topologies } from './attack.test-helper.ts'
import type { Scene } from './attack.test-helper.ts'
import { received, settled } from './network.test-helper.ts'

/** Each node's texts of honest nodes, in order. */
function honestTexts({ nodes }: Scene): string[][] {
  return nodes.map((node) => received(node))
}

/** Every honest node sends a broadcast each second, while the liar sends as many frames as it likes. @returns what each is to hear */
async function during(
  scene: Scene,
  seconds: number,
  next: () => OutgoingEnvelope,
  perSecond: number,
): Promise<string[][]> {
  const { network, nodes, liar } = scene
  const sent = nodes.map(() => new Array<string>())
  for (let second = 0; second < seconds; second += 1) {
    for (let tenth = 0; tenth < 10; tenth += 1) {
      for (let count = 0; count < perSecond / 10; count += 1) liar.connection.send(next())
      network.simulation.runFor(100)
    }
    for (const [index, { name, socket }] of nodes.entries()) {
      const text = `${second} by ${name}`
      socket.send([text])
      for (const [other, texts] of sent.entries()) if (other !== index) texts.push(text)
    }
  }
  await settled()
  return sent.map((texts) => texts.toSorted())
}

describe.each(topologies)('in a %s', (topology) => {
  test('a loud source is held to its budget and named; those that pass it on keep their links, and others are heard by them', async () => {
    const scene = await startScene(createNetwork(1), topology)
    const { network, nodes, liar, observer } = scene
    observer.check()
    const { identity } = liar
    for (const { socket } of nodes) socket.registerHandler((message) => message.sender === identity.id)
    let sequence = -31
    const next = (): OutgoingEnvelope => {
      sequence += 32
      const header = { epoch: 1, sequence, count: 32, time: network.simulation.now, content: contentOf('loud', 32) }
      return broadcastOf(identity, header)
    }
    const expected = await during(scene, 8, next, 1800)
    network.simulation.runFor(30_000)
    expect(honestTexts(scene).map((texts) => texts.toSorted())).toEqual(expected)
    for (const node of nodes) {
      const issues = node.socket.issues.filter(({ code }) => code === 'source-over-budget')
      expect(issues.length, node.name).toBeLessThanOrEqual(1)
      expect(issuesOf(node, 'protocol-violation')).toEqual([])
    }
    const [issue] = issuesOf(scene.victim, 'source-over-budget')
    expect(issue).toContain(`The node ${identity.id} sends more than limits.workPerSecond allows`)
    await observer.say('after')
    observer.check()
  })

  test('frames of 4,096 empty packets each are few, and honest broadcasts arrive between them', async () => {
    const scene = await startScene(createNetwork(2), topology)
    const { network, nodes, liar, victim, observer } = scene
    observer.check()
    for (const { socket } of nodes) socket.registerHandler((message) => message.sender === liar.identity.id)
    const before = victim.socket.metrics().messagesReceived
    let sequence = 1 - packetsMax / 2
    const next = (): OutgoingEnvelope => {
      sequence += packetsMax / 2
      const content = contentOf('', packetsMax / 2)
      const header = { epoch: 1, sequence, count: packetsMax / 2, time: network.simulation.now, content }
      return broadcastOf(liar.identity, header)
    }
    const expected = await during(scene, 20, next, 100)
    network.simulation.runFor(30_000)
    expect(honestTexts(scene).map((texts) => texts.toSorted())).toEqual(expected)
    // 2 µs a message: 25,000 a second and a burst of 10 s.
    const taken = victim.socket.metrics().messagesReceived - before
    expect(taken).toBeGreaterThan(100_000)
    expect(taken).toBeLessThan(30 * 25_000 * 1.1)
    await observer.say('after')
    observer.check()
  })

  test('requests for all that is kept, without end, do not keep honest broadcasts from arriving', async () => {
    const scene = await startScene(createNetwork(3), topology)
    const { network, observer } = scene
    observer.check()
    const everything = encodeIWant({ ranges: [], ageMsMax: 2 ** 32 - 1, isEverything: true })
    const expected = await during(scene, 5, () => new OutgoingEnvelope('resend', everything), 2000)
    network.simulation.runFor(5000)
    expect(honestTexts(scene).map((texts) => texts.toSorted())).toEqual(expected)
    await observer.say('after')
    observer.check()
  })
})
