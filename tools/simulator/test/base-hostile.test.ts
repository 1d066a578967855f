import { expect, test } from 'vitest'
import { acceptance, addressOf, bytes, createNetwork, createNode, helloFrame } from './base-nodes.test-helper.ts'
import { frameOf, proofFor, startNode, startPair, startStranger } from './base-nodes.test-helper.ts'
import type { Node, Stranger } from './base-nodes.test-helper.ts'

/** Dials bert, and says whether the link is there within a virtual second. */
function joinsInASecond(anna: Node, network: ReturnType<typeof createNetwork>): boolean {
  anna.socket.dial(addressOf('bert')).catch(() => undefined)
  return network.simulation.runUntil(() => anna.socket.connections.size === 1, 1000)
}

test.each([
  ['over the same milliseconds', [1, 5]],
  ['in the same instant', [1, 1]],
] as const)('500 silent strangers of one host, %s, keep no honest node out', async (_, latencyMs) => {
  const network = createNetwork(1, { latencyMs })
  const bert = await startNode(network, 'bert')
  const mallory = network.simulation.host('mallory')
  const strangers = Array.from({ length: 500 }, () => startStranger(network, mallory, 'bert'))
  expect(joinsInASecond(createNode(network, 'anna'), network)).toBe(true)
  const isHere = ({ endedAt }: Stranger): boolean => endedAt === undefined
  expect(strangers.filter(isHere).length).toBe(8)
  network.simulation.runFor(11_000)
  expect(strangers.filter(isHere).length).toBe(0)
  expect(bert.socket.connections.size).toBe(1)
})

test('strangers who keep coming from one host keep no honest node out, not even of that host', async () => {
  const network = createNetwork(1)
  await startNode(network, 'bert')
  const mallory = network.simulation.host('mallory')
  const strangers: Stranger[] = []
  const knock = (): void => {
    strangers.push(startStranger(network, mallory, 'bert'))
    if (strangers.length < 500) network.simulation.schedule(10, knock)
  }
  knock()
  network.simulation.runFor(2500)
  expect(joinsInASecond(createNode(network, 'anna'), network)).toBe(true)
  network.simulation.runFor(13_500)
  expect(strangers.length).toBe(500)
  expect(strangers.filter(({ endedAt }) => endedAt === undefined).length).toBe(0)
  expect(joinsInASecond(createNode(network, 'neighbor', { host: mallory }), network)).toBe(true)
})

const hello = helloFrame()
const empty = new Uint8Array(0)
test.each([
  ['the request of a browser', bytes('GET / HTTP/1.1\r\nHost: bert\r\n\r\n')],
  ['a frame of four gigabytes', new Uint8Array([255, 255, 255, 255, 1])],
  ['an empty frame', new Uint8Array(4)],
  ['a frame longer than a handshake', frameOf('handshake', new Uint8Array(5000))],
  ['a frame of noise', new Uint8Array([0, 0, 0, 3, 255, 255, 255])],
  ['a message before the handshake', frameOf('whisper', bytes('hello'))],
  ['a ping before the handshake', frameOf('ping', empty)],
  ['an acceptance before the hello', frameOf('handshake', acceptance)],
  ['two hellos', Buffer.concat([hello, hello])],
  ['a hello whose key is too short', helloFrame({ nodeKey: new Uint8Array(31) })],
])('%s closes the link on which it comes, at once, and no other', async (_, garbage) => {
  const network = createNetwork(1)
  const { anna, bert, connection } = await startPair(network)
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', new Uint8Array(garbage))
  network.simulation.runFor(100)
  expect(stranger.endedAt).toBeDefined()
  network.simulation.runFor(60_000)
  expect([...anna.socket.connections.values()]).toEqual([connection])
  expect(bert.socket.connections.size).toBe(1)
  expect(bert.messages).toEqual([])
})

test('garbage on a link that was established closes that one, with the reason, and no other', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  const reasons: unknown[] = []
  bert.socket.on('unlink', (_, error) => reasons.push(error?.message))
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', hello)
  network.simulation.runFor(100)
  stranger.say('handshake', proofFor(stranger.theirHello))
  stranger.say('handshake', acceptance)
  stranger.say('whisper', bytes('hello'))
  stranger.link.write([new Uint8Array(4)])
  network.simulation.runFor(100)
  expect(bert.messages).toEqual(['hello'])
  expect(reasons).toEqual([expect.stringContaining('frame: empty')])
  expect([...bert.socket.connections.keys()]).toEqual([anna.socket.identity.id])
})

test('bytes that come one at a time are a handshake all the same', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert')
  network.simulation.runFor(100)
  for (const byte of Buffer.concat([
    hello,
    frameOf('handshake', proofFor(stranger.theirHello)),
    frameOf('handshake', acceptance),
  ]))
    stranger.link.write([new Uint8Array([byte])])
  network.simulation.runFor(2000)
  expect(bert.events).toEqual(['link accepted'])
})

test('a listener that throws shows in the status, and costs no link', async () => {
  const network = createNetwork(1)
  const { anna, bert, connection } = await startPair(network)
  expect(bert.socket.issues).toEqual([])
  bert.socket.on('message', () => {
    throw new Error('out of paper')
  })
  for (const text of ['one', 'two']) anna.socket.send(bert.socket.identity.id, bytes(text))
  network.simulation.runFor(100)
  expect(bert.messages).toEqual(['one', 'two'])
  expect(bert.socket.issues).toEqual([
    expect.objectContaining({ message: 'A listener of the application failed: Error: out of paper', count: 2 }),
  ])
  expect(connection.isEstablished).toBe(true)
})
