import { decodeHandshake, encodeHandshake, identityFromSeed } from '@ts2p/protocol'
import type { Hello } from '@ts2p/protocol'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import {
  acceptance,
  addressOf,
  createNetwork,
  createNode,
  dial,
  helloFrame,
  outcomeOf,
} from './base-nodes.test-helper.ts'
import { mallory, proofFor, settled, startNode, startStranger } from './base-nodes.test-helper.ts'
import type { Node } from './base-nodes.test-helper.ts'
import { boundTransport, startManInTheMiddle } from './man-in-the-middle.test-helper.ts'
import type { Tamper, Way } from './man-in-the-middle.test-helper.ts'

/** anna, who believes that mallory's address is bert's, and dials it. */
async function dialThrough(tamper: Tamper, seed = 1): Promise<{ anna: Node; bert: Node; error: unknown }> {
  const network = createNetwork(seed)
  const [anna, bert] = [createNode(network, 'anna'), await startNode(network, 'bert')]
  await startManInTheMiddle(network, 'bert', tamper)
  const dialed = outcomeOf(anna.socket.dial(addressOf('mallory')))
  network.simulation.runFor(11_000)
  await settled()
  return { anna, bert, error: dialed.error }
}

const honest: Tamper = (_, payload) => [payload]

/** Changes the hellos that go one way. */
function changeHello(way: Way, change: (hello: Hello) => Partial<Hello>): Tamper {
  return (goes, payload, flag) => {
    if (goes !== way || flag !== 'handshake') return [payload]
    const message = decodeHandshake(payload)
    return [message.kind === 'hello' ? encodeHandshake({ ...message, ...change(message) }) : payload]
  }
}

/** Flips one bit of the nth message of the handshake. */
function flip(way: Way, nth: number, bit: number): Tamper {
  let seen = 0
  return (goes, payload) => {
    if (goes !== way || seen++ !== nth) return [payload]
    const at = bit % (payload.length * 8)
    return [payload.map((byte, index) => (index === at >> 3 ? byte ^ (1 << (at & 7)) : byte))]
  }
}

const bothWays: readonly Way[] = ['to the acceptor', 'to the dialer']
const changes: readonly [string, (hello: Hello) => Partial<Hello>][] = [
  ['strips the compression', () => ({ compressions: [] })],
  ['strips the channel binding', ({ isChannelBound }) => ({ isChannelBound: !isChannelBound })],
  ['puts an address of his own', () => ({ addresses: [addressOf('mallory')] })],
  ['puts a nonce of his own', () => ({ nonce: new Uint8Array(32).fill(4) })],
  ['puts a key of his own', () => ({ nodeKey: mallory.key })],
]

const attacks = scaled(200, 1000)

describe('a man in the middle', () => {
  test('who only carries what is said changes nothing', async () => {
    const { anna, bert } = await dialThrough(honest)
    expect([anna.events, bert.events]).toEqual([['link dialed'], ['link accepted']])
  })

  test.each(bothWays.flatMap((way) => changes.map(([what, change]) => ({ what, way, change }))))(
    'who $what $way gets no link',
    async ({ way, change }) => {
      const { anna, bert, error } = await dialThrough(changeHello(way, change))
      expect(error).toMatchObject({ code: 'REFUSED_UNPROVEN' })
      expect([anna.socket.connections.size, bert.socket.connections.size]).toEqual([0, 0])
      expect(anna.events.concat(bert.events).every((event) => event.startsWith('refused unproven'))).toBe(true)
    },
  )

  test(`of ${attacks} who flip one bit of a hello or a proof, none gets a link`, async () => {
    let sessions = 0
    for (let attack = 0; attack < attacks; attack += 1) {
      const way: Way = attack % 2 === 0 ? 'to the acceptor' : 'to the dialer'
      const { anna, bert } = await dialThrough(flip(way, (attack >> 1) % 2, attack * 7919), attack)
      sessions += anna.socket.connections.size + bert.socket.connections.size
    }
    expect(sessions).toBe(0)
  })

  /** anna dials bert over links that are encrypted, each as its end of the channel knows it. */
  async function dialOver(annas: string, berts: string): Promise<{ anna: Node; bert: Node; error: unknown }> {
    const network = createNetwork(1)
    const [hostA, hostB] = [network.simulation.host('anna'), network.simulation.host('bert')]
    const transports = [boundTransport(network.transport(hostA), annas)]
    const anna = createNode(network, 'anna', { host: hostA, transports })
    const bert = await startNode(network, 'bert', {
      host: hostB,
      transports: [boundTransport(network.transport(hostB), berts)],
    })
    const dialed = outcomeOf(anna.socket.dial(addressOf('bert')))
    network.simulation.runFor(1000)
    await settled()
    return { anna, bert, error: dialed.error }
  }

  test('between two encrypted channels gets no link, though he changes nothing', async () => {
    const { anna, bert, error } = await dialOver('his with anna', 'his with bert')
    expect(error).toMatchObject({ code: 'REFUSED_UNPROVEN', refusedBy: 'them' })
    expect([anna.socket.connections.size, bert.socket.connections.size]).toEqual([0, 0])
  })

  test('is not there when both ends know the same channel', async () => {
    const { anna, bert } = await dialOver('the one channel', 'the one channel')
    expect([anna.socket.connections.size, bert.socket.connections.size]).toEqual([1, 1])
  })
})

describe('a stranger', () => {
  test('who repeats what a node has said is not taken for it', async () => {
    const network = createNetwork(1)
    const said: Uint8Array[] = []
    const [anna, bert] = [createNode(network, 'anna'), await startNode(network, 'bert')]
    await startManInTheMiddle(network, 'bert', (way, payload) => {
      if (way === 'to the acceptor') said.push(payload)
      return [payload]
    })
    await dial(network, anna, 'mallory')
    const closed = anna.socket.close()
    network.simulation.runFor(1000)
    await closed
    const stranger = startStranger(network, network.simulation.host('stranger'), 'bert')
    network.simulation.runFor(100)
    for (const payload of said) stranger.say('handshake', payload)
    network.simulation.runFor(1000)
    expect(stranger.heard.at(-1)).toMatchObject({ kind: 'decision', refusal: 'unproven' })
    expect(bert.socket.connections.size).toBe(0)
  })

  test('who says back what he hears is taken for an echo', async () => {
    const network = createNetwork(1)
    const bert = await startNode(network, 'bert')
    const stranger = startStranger(network, network.simulation.host('stranger'), 'bert')
    network.simulation.runFor(100)
    stranger.say('handshake', stranger.theirHello)
    network.simulation.runFor(1000)
    expect(stranger.heard.at(-1)).toMatchObject({ kind: 'decision', refusal: 'oneself' })
    expect(bert.socket.connections.size).toBe(0)
  })

  test('who names a key that is not his gets no link, and keeps its owner from none', async () => {
    const network = createNetwork(1)
    const bert = await startNode(network, 'bert')
    const anna = createNode(network, 'anna')
    const nodeKey = anna.socket.identity.key
    const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', helloFrame({ nodeKey }))
    network.simulation.runFor(100)
    await dial(network, anna, 'bert')
    stranger.say('handshake', proofFor(stranger.theirHello))
    stranger.say('handshake', acceptance)
    network.simulation.runFor(1000)
    expect(bert.events).toEqual(['link accepted', 'refused unproven by us'])
    expect([...bert.socket.connections.keys()]).toEqual([anna.socket.identity.id])
  })
})

describe('a closed network', () => {
  const secret = 'a secret that nobody guesses'

  test('links those who know its secret, and tells the others why not', async () => {
    const network = createNetwork(1)
    const bert = await startNode(network, 'bert', { secret })
    await dial(network, createNode(network, 'anna', { secret }), 'bert')
    expect(bert.socket.connections.size).toBe(1)
    for (const [name, options, sentence] of [
      ['cleo', { secret: 'another that nobody guesses' }, 'the secrets of the two differ'],
      ['dora', {}, 'a secret is needed there and none is here'],
    ] as const) {
      const refused = outcomeOf(dial(network, createNode(network, name, options), 'bert'))
      network.simulation.runFor(1000)
      await settled()
      expect(refused.error).toMatchObject({ code: 'REFUSED_ANOTHER_SECRET' })
      expect(String(refused.error)).toContain(sentence)
    }
    expect(bert.socket.connections.size).toBe(1)
  })

  test('gives no stranger who dials it anything to try guesses on', async () => {
    const network = createNetwork(1)
    await startNode(network, 'bert', { secret })
    const greeting = helloFrame({ isClosed: true })
    const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', greeting)
    network.simulation.runFor(100)
    stranger.say('handshake', proofFor(stranger.theirHello))
    network.simulation.runFor(1000)
    expect(stranger.heard.map(({ kind }) => kind)).toEqual(['hello', 'decision'])
  })

  test('refuses a secret that is too short to be one', () => {
    const network = createNetwork(1)
    expect(() => createNode(network, 'anna', { secret: 'hunter2' })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', argument: 'secret' }),
    )
  })

  test('by a list of ids links who is on it, and proves to be', async () => {
    const network = createNetwork(1)
    const friend = identityFromSeed(new Uint8Array(32).fill(5))
    const bert = await startNode(network, 'bert', { allow: [friend.id] })
    const refused = outcomeOf(dial(network, createNode(network, 'cleo'), 'bert'))
    await dial(network, createNode(network, 'anna', { identity: friend }), 'bert')
    await settled()
    expect(refused.error).toMatchObject({ code: 'REFUSED_NOT_ALLOWED' })
    expect([...bert.socket.connections.keys()]).toEqual([friend.id])
  })
})
