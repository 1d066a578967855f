import {
  decodeAcknowledgment,
  decodeDirect,
  decodeDirectContent,
  encodeAcknowledgment,
  encodeDirect,
  encodeDirectContent,
  directHeaderHash,
  encodeBroadcast,
  identityFromKey,
  nodeIdFromKey,
  OutgoingEnvelope,
  PacketLists,
  portableSha256,
  signedMessage,
} from '@ts2p/protocol'
import type { Connection } from '@ts2p/base'
import type { Direct, DirectContent, Flag } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { createSigningNetwork } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { broadcastOf, identityIn, issuesOf, sendAll, Observer } from './attack.test-helper.ts'
import { directFrame } from '../src/direct/direct-frame.ts'
import { dialFrom, startLiar } from './liar.test-helper.ts'
import type { Heard, Liar } from './liar.test-helper.ts'
import { createNetwork, meshSubnet, nodeIn, outcomeOf, received, settled, startChain } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

const relayed: ReadonlySet<Flag> = new Set(['broadcast', 'request', 'response', 'forward', 'acknowledge'])

/** Two chains of two honest nodes, a - b and c - d, and a liar between b and c that passes on what it likes. */
interface Middle {
  readonly network: SimulatedNetwork
  readonly nodes: Readonly<Record<'a' | 'b' | 'c' | 'd', Node>>
  readonly liar: Liar
  readonly links: Readonly<Record<'b' | 'c', Connection>>
  /** What the liar passes on; at first, all. */
  passes: (heard: Heard) => boolean
  /** Direct messages that came to the liar. */
  readonly directs: Direct[]
  /** Public keys of the nodes of which the liar has passed on direct messages. */
  readonly keys: Map<string, Uint8Array>
}

async function startMiddle(network: SimulatedNetwork): Promise<Middle> {
  const [left, right] = [await startChain(network, ['a', 'b']), await startChain(network, ['c', 'd'])]
  const nodes = {
    ...{ a: nodeIn(left, 'a'), b: nodeIn(left, 'b') },
    ...{ c: nodeIn(right, 'c'), d: nodeIn(right, 'd') },
  }
  const directs: Direct[] = []
  const keys = new Map<string, Uint8Array>()
  const onHeard = (heard: Heard): void => {
    const { flag, payload, channel, hops } = heard
    if (flag === 'forward' || flag === 'acknowledge') {
      const direct = decodeDirect(payload)
      directs.push(direct)
      keys.set(nodeIdFromKey(direct.source), direct.source)
    }
    if (!relayed.has(flag) || !middle.passes(heard)) return
    for (const connection of middle.liar.socket.connections.values()) {
      if (connection !== heard.from) connection.send(new OutgoingEnvelope(flag, payload, { channel, hops: hops + 1 }))
    }
  }
  const liar = await startLiar(network, 'b', { onHeard, hearsAll: true })
  const links = { b: liar.connection, c: await dialFrom(network, liar.socket, 'c') }
  const middle: Middle = { network, nodes, liar, links, directs, keys, passes: () => true }
  return middle
}

/** Sends frames to one of the two neighbors. @returns how many links that cost */
function attack({ network, liar, links }: Middle, at: 'b' | 'c', frames: Iterable<OutgoingEnvelope>): Promise<number> {
  return sendAll({ network, liar: { ...liar, connection: links[at] }, victim: { name: at } }, frames, 30)
}

function contentsOf({ directs }: Middle): DirectContent[] {
  return directs.flatMap(({ content }) => (content.length > 0 ? [decodeDirectContent(content)] : []))
}

function frameOf(direct: Direct): OutgoingEnvelope {
  return new OutgoingEnvelope(direct.content.length > 0 ? 'forward' : 'acknowledge', encodeDirect(direct))
}

async function send({ network }: Middle, from: Node, to: Node, text: string): Promise<void> {
  const sent = from.socket.sendTo(to.socket.id, [text])
  network.simulation.runFor(2000)
  await sent
}

test('only an acknowledgment that the target has signed counts, even if a relay knows all numbers', async () => {
  const network = createSigningNetwork(1)
  const middle = await startMiddle(network)
  const { nodes, directs, liar } = middle
  const { a, b, c, d } = nodes
  const observer = new Observer(network, [a, b])
  await send(middle, a, d, 'first')
  expect(received(d)).toEqual(['first'])
  const old = directs.find(({ acknowledgment }) => acknowledgment.length > 0)
  if (!old) throw new Error('The target has acknowledged the first message.')
  middle.passes = ({ flag }) => flag !== 'forward'
  directs.length = 0
  const second = outcomeOf(a.socket.sendTo(d.socket.id, ['second']))
  network.simulation.runFor(50)
  const [content] = contentsOf(middle)
  if (!content) throw new Error('The liar has seen the message.')
  // The stream of the first message, so that the liar knows its name and its numbers.
  const { epoch, upTo } = decodeAcknowledgment(old.acknowledgment)
  expect([content.epoch, content.first]).toEqual([epoch, upTo + 1])
  const acknowledgment = { epoch, upTo: content.first, ranges: [] }
  const time = network.simulation.now
  const parts = { target: old.target, time, acknowledgment }
  const forged = [
    { ...old, acknowledgment: encodeAcknowledgment(acknowledgment) },
    { ...old, acknowledgment: encodeAcknowledgment(acknowledgment), signature: undefined },
    { ...old, acknowledgment: encodeAcknowledgment(acknowledgment), source: liar.identity.key },
    { ...old, time: time + 1 },
  ]
  const own = directFrame({ ...parts, source: liar.identity.key })
  await attack(middle, 'b', [own, ...forged.map(frameOf), frameOf(old)])
  await settled()
  expect(second.isSettled).toBe(false)
  expect(received(d)).toEqual([])
  expect(issuesOf(b, 'protocol-violation')).toEqual([expect.stringContaining(`The link with ${liar.identity.id}`)])
  // The true one is believed.
  middle.passes = () => true
  await dialFrom(network, liar.socket, 'b').catch(() => undefined)
  network.simulation.runFor(10_000)
  await settled()
  expect([second.isSettled, second.error]).toEqual([true, undefined])
  expect(received(d)).toEqual(['second'])
  expect(issuesOf(c, 'protocol-violation')).toEqual([])
  await observer.say('after')
  observer.check()
})

test('messages to one node that a relay repeats, changes, or sends in the name of others are delivered once or not at all', async () => {
  const network = createSigningNetwork(2)
  const middle = await startMiddle(network)
  const { nodes, directs, links, liar } = middle
  const { a, c, d } = nodes
  const observer = new Observer(network, [c, d])
  await send(middle, a, d, 'one')
  await send(middle, a, d, 'two')
  middle.passes = ({ flag }) => flag !== 'forward'
  outcomeOf(a.socket.sendTo(d.socket.id, ['three']))
  network.simulation.runFor(50)
  const honest = directs.filter(({ content }) => content.length > 0)
  expect(received(d)).toEqual(['one', 'two'])
  const first = honest[2]
  if (!first) throw new Error('The liar has seen the messages.')
  const packets = ['direct', 'forged'].map((text) => new TextEncoder().encode(text))
  const content = encodeDirectContent({ ...decodeDirectContent(first.content), messages: PacketLists.of([packets]) })
  const other = identityIn(network)
  const forged = [
    { ...first, content },
    { ...first, content, contentHash: portableSha256(first.content) },
    { ...first, source: other.key },
    { ...first, target: links.b.peer.hash },
    { ...first, time: first.time + 1 },
    { ...first, acknowledgment: encodeAcknowledgment({ epoch: 1, upTo: 1, ranges: [] }) },
    { ...first, signature: undefined },
  ]
  const known = honest.slice(0, 2)
  expect(await attack(middle, 'c', [...known, ...known].map(frameOf))).toBe(0)
  expect(await attack(middle, 'c', forged.map(frameOf))).toBe(forged.length)
  expect(issuesOf(c, 'protocol-violation')).toEqual([expect.stringContaining(`The link with ${liar.identity.id}`)])
  expect(await attack(middle, 'c', [first, first, ...known].map(frameOf))).toBe(1)
  expect([received(c), received(d)]).toEqual([[], ['three']])
  network.simulation.runFor(400_000)
  expect(await attack(middle, 'c', [first, ...known].map(frameOf))).toBe(0)
  expect([received(c), received(d)]).toEqual([[], []])
  await observer.say('after')
  observer.check()
})

test('an answer to a request counts only from the node that was asked', async () => {
  const network = createSigningNetwork(3)
  const middle = await startMiddle(network)
  const { liar, directs, nodes, links } = middle
  const { a, b, d } = nodes
  const observer = new Observer(network, [a, b])
  await send(middle, a, d, 'warm')
  middle.passes = ({ flag }) => flag !== 'forward'
  directs.length = 0
  const asked = outcomeOf(a.socket.request(d.socket.id, ['question'], { timeoutMs: 8000 }))
  network.simulation.runFor(50)
  const [question] = contentsOf(middle)
  const [direct] = directs
  if (!question || !direct) throw new Error('The liar has seen the question.')
  const answer: Partial<DirectContent> = {
    ...{ epoch: 5, first: 1, oldest: 1, messages: question.messages, kinds: ['answer'] },
    answered: { epoch: question.epoch, sequences: [question.first] },
  }
  const target = identityFromKey(direct.source).hash
  const sign = (unsigned: Direct): Uint8Array => {
    const headerHash = directHeaderHash(unsigned, portableSha256)
    return liar.identity.sign(signedMessage({ networkId: meshSubnet.hash, headerHash, statement: new Uint8Array(0) }))
  }
  const frame = (source: Uint8Array, isSigned: boolean): OutgoingEnvelope =>
    directFrame({ source, target, time: network.simulation.now, content: answer }, isSigned ? sign : undefined)
  // Its own, which is a message like others, and in the name of the node that was asked.
  expect(await attack(middle, 'b', [frame(liar.identity.key, true)])).toBe(0)
  expect(received(a)).toEqual(['question'])
  // A relay that passed on what is not signed would lose its link with the next node.
  const lies = [frame(liar.identity.key, false), frame(publicKeyOf(middle), true), frame(publicKeyOf(middle), false)]
  expect(await attack(middle, 'b', lies)).toBe(lies.length)
  await settled()
  expect(asked.isSettled).toBe(false)
  expect(links.c.isEstablished).toBe(true)
  network.simulation.runFor(60_000)
  await settled()
  expect(String(asked.error)).toMatch(/Error/)
  await observer.say('after')
  observer.check()
})

/** The key of d, which has acknowledged something. */
function publicKeyOf({ nodes, keys }: Middle): Uint8Array {
  const key = keys.get(nodes.d.socket.id)
  if (!key) throw new Error('The liar has passed on nothing of this node.')
  return key
}

test('a node that is gone is given up, whatever a liar sends in its name', async () => {
  const network = createSigningNetwork(4)
  const middle = await startMiddle(network)
  const { a, b, d } = middle.nodes
  const observer = new Observer(network, [a, b])
  await send(middle, a, d, 'warm')
  network.crash(d.host)
  middle.passes = ({ flag }) => flag === 'broadcast' || flag === 'forward'
  const sent = outcomeOf(a.socket.sendTo(d.socket.id, ['question']))
  const target = middle.directs[0] && identityFromKey(middle.directs[0].source).hash
  if (!target) throw new Error('The liar has seen a message of the first node.')
  const empty = { source: publicKeyOf(middle), target, hopsLeft: 9, content: new Uint8Array(0) }
  const nothing = { ...empty, contentHash: undefined, acknowledgment: new Uint8Array(0), dropped: undefined }
  const lies = [undefined, new Uint8Array(64)].map((signature) => ({ ...nothing, signature }))
  for (let seconds = 0; seconds < 40 && !sent.isSettled; seconds += 1) {
    const time = network.simulation.now
    await attack(
      middle,
      'b',
      lies.map((lie) => frameOf({ ...lie, time })),
    )
    network.simulation.runFor(500)
    await settled()
  }
  expect(sent.error).toMatchObject({ code: 'PEER_LOST' })
  await observer.say('after')
  observer.check()
})

test('forged reports of dropped messages, and answers to route questions in the name of others, change nothing', async () => {
  const network = createSigningNetwork(5)
  const middle = await startMiddle(network)
  const { liar, nodes, directs } = middle
  const { a, b, d } = nodes
  const observer = new Observer(network, [a, b])
  await send(middle, a, d, 'one')
  const [content] = contentsOf(middle)
  const [direct] = directs
  if (!content || !direct) throw new Error('The liar has seen a message.')
  const [{ hash: aHash }, { hash: bHash }] = [identityFromKey(direct.source), middle.links.b.peer]
  // What a sends to b goes by the link with b, which alone may say that it was dropped.
  const sent = a.socket.sendTo(b.socket.id, ['to a neighbor'])
  const reports = (['no-route', 'congested'] as const).flatMap((reason) =>
    [aHash, bHash, direct.target].map((target) =>
      directFrame({
        ...{ source: liar.identity.key, target: aHash, time: 0 },
        dropped: { target, epoch: content.epoch, first: 1, count: 1000, reason },
      }),
    ),
  )
  expect(await attack(middle, 'b', reports)).toBe(0)
  await sent
  const time = network.simulation.now
  const lie = { flag: 'response', epoch: 1, sequence: 1, time, content: new Uint8Array(0) } as const
  const answers = [broadcastOf(liar.identity, lie), forgedResponse(publicKeyOf(middle), time)]
  expect(await attack(middle, 'b', answers)).toBe(1)
  await dialFrom(network, liar.socket, 'b')
  network.simulation.runFor(5000)
  await send(middle, a, d, 'two')
  expect([received(b), received(d)]).toEqual([['to a neighbor'], ['one', 'two']])
  await observer.say('after')
  observer.check()
})

function forgedResponse(source: Uint8Array, time: number): OutgoingEnvelope {
  const id = { source, epoch: 1, sequence: 1 }
  const signature = new Uint8Array(64).fill(1)
  const broadcast = { id, time, count: 1, content: new Uint8Array(0), statement: new Uint8Array(0), signature }
  return new OutgoingEnvelope('response', encodeBroadcast(broadcast))
}

test('a message to one node that is repeated without end uses up nothing of its source', async () => {
  const network = createNetwork(6)
  const middle = await startMiddle(network)
  const { a, b, c, d } = middle.nodes
  for (let minutes = 0; minutes < 11; minutes += 1) {
    a.socket.send(['known'])
    network.simulation.runFor(60_000)
  }
  // Fifty in a frame.
  for (let count = 1; count < 50; count += 1) outcomeOf(a.socket.sendTo(d.socket.id, ['one']))
  await send(middle, a, d, 'one')
  const [direct] = middle.directs.toSorted((one, other) => other.content.length - one.content.length)
  if (!direct) throw new Error('The liar has seen the message.')
  for (const node of [b, c, d]) received(node)
  const link = middle.liar.socket.connections.get(c.socket.id)
  // More than a budget and its burst.
  for (let tenths = 0; tenths < 100; tenths += 1) {
    for (let count = 0; count < 200; count += 1) link?.send(frameOf(direct))
    if (tenths % 10 === 0) a.socket.send([`during ${tenths}`])
    network.simulation.runFor(100)
  }
  network.simulation.runFor(1000)
  const expected = Array.from({ length: 10 }, (_, index) => `during ${index * 10}`)
  expect([b, c, d].map(received)).toEqual([expected, expected, expected])
  expect(issuesOf(c, 'source-over-budget')).toEqual([])
  // Else its own messages are dropped as well.
  expect(c.socket.metrics().directDropped).toBe(0)
  await send(middle, a, d, 'two')
  expect(received(d)).toEqual(['two'])
})
