import { decodeBroadcast, encodeIHave, OutgoingEnvelope } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { createSigningNetwork } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { broadcastOf, contentOf, identityIn, issuesOf, sendAll, startScene, Observer } from './attack.test-helper.ts'
import type { Scene } from './attack.test-helper.ts'
import { startLiar } from './liar.test-helper.ts'
import type { Liar } from './liar.test-helper.ts'
import { connect, received, settled, startChain, startNode } from './network.test-helper.ts'

const [minuteMs, weekMs] = [60_000, 7 * 24 * 3_600_000]
const alone = { limits: { exchangeAddressesMax: 0 } }

/** The broadcasts that a liar has heard, as they came. */
function recordedBy({ heard }: Liar): OutgoingEnvelope[] {
  return heard.flatMap(({ flag, payload }) =>
    flag === 'broadcast' ? [new OutgoingEnvelope('broadcast', payload)] : [],
  )
}

/** A chain of four nodes, the last of which has run before and sent broadcasts, which were recorded. */
async function startReturned(
  network: SimulatedNetwork,
  pauseMs: number,
): Promise<
  Pick<Scene, 'nodes' | 'observer'> & { readonly old: readonly OutgoingEnvelope[]; readonly oldTexts: string[] }
> {
  const identity = identityIn(network)
  const source = await startNode(network, 'old', { ...alone, identity })
  const spy = await startLiar(network, 'old', { name: 'spy' })
  const oldTexts = Array.from({ length: 20 }, (_, index) => `old ${index}`)
  for (const text of oldTexts) {
    source.socket.send([text])
    network.simulation.runFor(100)
  }
  const old = recordedBy(spy)
  expect(old.length).toBe(oldTexts.length)
  network.crash(source.host)
  network.simulation.runFor(1000)
  spy.socket.close().catch(() => undefined)
  await settled()
  network.simulation.runFor(pauseMs)
  const nodes = Object.values(await startChain(network, ['n0', 'n1', 'n2']))
  const returned = await startNode(network, 'n3', { ...alone, identity })
  await connect(network, returned.socket, 'n2')
  nodes.push(returned)
  return { nodes, old, oldTexts, observer: new Observer(network, nodes) }
}

/** A node whose first link is one with a liar, which tells it something, and that joins a network then. */
async function startInboundPeer(
  network: SimulatedNetwork,
  observer: Observer,
  frames: (liar: Liar) => readonly OutgoingEnvelope[],
): Promise<Pick<Scene, 'victim' | 'liar'>> {
  network.simulation.runFor(2000)
  const victim = await startNode(network, 'joiner', alone)
  const liar = await startLiar(network, 'joiner')
  await sendAll({ network, liar, victim }, frames(liar))
  await connect(network, victim.socket, 'n0')
  network.simulation.runFor(1000)
  observer.add(victim)
  return { victim, liar }
}

test('an inbound peer that a liar gives the broadcasts of last week delivers none of them, and hears their source', async () => {
  const network = createSigningNetwork(1)
  const { nodes, old, observer } = await startReturned(network, weekMs)
  await observer.say('before')
  const { victim, liar } = await startInboundPeer(network, observer, () => old)
  expect(victim.socket.routingTable?.has(liar.identity.id)).toBe(true)
  const [issue] = issuesOf(victim, 'stale-broadcast')
  expect(issue).toContain(`The node ${liar.identity.id} brings a broadcast of ${nodes[3]?.socket.id}`)
  await observer.say('during')
  await sendAll({ network, liar, victim }, old)
  await observer.say('after')
  observer.check()
})

test('broadcasts of a run that ended minutes ago are delivered once, though they are repeated, and their source is heard', async () => {
  const network = createSigningNetwork(2)
  const { old, oldTexts, observer } = await startReturned(network, 2 * minuteMs)
  await observer.say('before')
  const { victim, liar } = await startInboundPeer(network, observer, () => [...old, ...old])
  await observer.say('during')
  await sendAll({ network, liar, victim }, [...old, ...old])
  network.simulation.runFor(minuteMs)
  await sendAll({ network, liar, victim }, old)
  await observer.say('after')
  // They are the source's, and a node that has not heard of it cannot tell that it has started anew.
  observer.check(oldTexts)
})

test('an inbound peer does not deliver what a source has sent long before in the same run', async () => {
  const network = createSigningNetwork(3)
  const nodes = Object.values(await startChain(network, ['n0', 'n1', 'n2', 'n3']))
  const source = nodes[3]
  const spy = await startLiar(network, 'n3', { name: 'spy' })
  for (let count = 0; count < 10; count += 1) {
    source?.socket.send(['early'])
    network.simulation.runFor(100)
  }
  const old = recordedBy(spy)
  expect(old.length).toBe(10)
  spy.socket.close().catch(() => undefined)
  network.simulation.runFor(10 * minuteMs)
  for (const node of nodes) received(node)
  const observer = new Observer(network, nodes)
  const { victim, liar } = await startInboundPeer(network, observer, () => [])
  await observer.say('now')
  await sendAll({ network, liar, victim }, [...old, ...old.toReversed()])
  await observer.say('after')
  observer.check()
  expect(victim.socket.routingTable?.has(liar.identity.id)).toBe(true)
})

test('announcements of a real source far ahead, by the first link of an inbound peer, do not make it deaf for that source', async () => {
  const network = createSigningNetwork(4)
  const nodes = Object.values(await startChain(network, ['n0', 'n1', 'n2', 'n3']))
  const observer = new Observer(network, nodes)
  const spy = await startLiar(network, 'n0', { name: 'spy' })
  await observer.say('before')
  network.simulation.runFor(1000)
  spy.socket.close().catch(() => undefined)
  network.simulation.runFor(2000)
  const ids = spy.heard.flatMap(({ flag, payload }) => (flag === 'broadcast' ? [decodeBroadcast(payload).id] : []))
  expect(ids.length).toBe(nodes.length)
  const told = [10, 1000, 2 ** 31, 2 ** 32 - 2].flatMap((last) =>
    [0, 1, 60_000].map((ageMs) => {
      const ranges = ids.flatMap(({ source, epoch }) =>
        [1, last].map((first) => ({ source, epoch, first, last, hops: 0, ageMs })),
      )
      return new OutgoingEnvelope('notify', encodeIHave(ranges))
    }),
  )
  const { victim, liar } = await startInboundPeer(network, observer, () => told)
  for (const label of ['one', 'two']) {
    await observer.say(label)
    await sendAll({ network, liar, victim }, told)
  }
  network.simulation.runFor(2 * minuteMs)
  await observer.say('after')
  network.simulation.runFor(1000)
  observer.check()
  expect(issuesOf(victim, 'broadcasts-lost')).toEqual([])
})

test('what is missing of a real source is asked for while a liar announces invented ones without end', async () => {
  const network = createSigningNetwork(5)
  const scene = await startScene(network, 'mesh')
  const { victim, nodes, liar, observer } = scene
  const source = nodes[3]
  const { random } = network.simulation
  const invented = (): OutgoingEnvelope => {
    const ranges = Array.from({ length: 4096 }, () => ({
      ...{ source: random.bytes(32), epoch: 1, first: 1, last: 1, hops: 0, ageMs: 0 },
    }))
    return new OutgoingEnvelope('notify', encodeIHave(ranges))
  }
  await sendAll({ network, victim, liar }, [invented(), invented()])
  if (!source) throw new Error('There are four nodes.')
  // What the source sends does not arrive, as if its links had been congested, and what it sends later does.
  network.block(source.host, victim.host)
  for (const node of nodes.filter((each) => each !== victim)) network.block(node.host, victim.host)
  await observer.say('missed')
  for (const node of nodes) network.unblock(node.host, victim.host)
  await sendAll({ network, victim, liar }, [invented()])
  await observer.say('after')
  network.simulation.runFor(5000)
  observer.check()
})

test('invented sources without end take no place of real ones: none of the messages of these is delivered twice', async () => {
  const network = createSigningNetwork(6)
  const scene = await startScene(network, 'chain')
  const { liar, victim, nodes, observer } = scene
  const recorded = recordedBy(liar)
  const time = network.simulation.now
  const { sourcesMax } = victim.socket.limits
  expect(sourcesMax).toBe(6144)
  const frames = Array.from({ length: 1500 }, (_, index) =>
    broadcastOf(identityIn(network), { epoch: 1, sequence: 1, time, content: contentOf(`invented ${index}`) }),
  )
  await sendAll(scene, frames)
  await observer.say('during')
  await sendAll(scene, recorded)
  const invented = Array.from({ length: 1500 }, (_, index) => `invented ${index}`)
  // All that a link may bring in a minute is taken, and not more.
  const [issue] = issuesOf(victim, 'too-many-sources')
  expect(issue).toContain(`The node ${liar.identity.id} brings messages of too many nodes`)
  const texts = nodes.map((node) => received(node))
  for (const [index, each] of texts.entries()) {
    expect(new Set(each).size, `at n${index}`).toBe(each.length)
    expect(each.filter((text) => text.startsWith('during')).length).toBe(3)
    const count = each.filter((text) => invented.includes(text)).length
    expect(count).toBeGreaterThan(1000)
    expect(count).toBeLessThan(1200)
  }
})
