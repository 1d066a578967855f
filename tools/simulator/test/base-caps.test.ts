import { encodeHandshake, identityFromSeed } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import {
  addressOf,
  createNetwork,
  createNode,
  helloFrame,
  outcomeOf,
  port,
  proofFor,
} from './base-nodes.test-helper.ts'
import { frameOf, startNode, startStranger, Stranger } from './base-nodes.test-helper.ts'

/** An identity whose id is smaller than another's: of two nodes, the one with the smaller id decides which link is kept. */
function smallerThan(id: string): OwnIdentity {
  for (let first = 0; ; first += 1) {
    const identity = identityFromSeed(new Uint8Array(32).fill(first))
    if (identity.id < id) return identity
  }
}

test('40 links of one identity at once: one is established, and it stays in the table when the others end', async () => {
  const network = createNetwork(1, { latencyMs: [1, 50] })
  const bert = await startNode(network, 'bert')
  const identity = smallerThan(bert.socket.identity.id)
  const dialers = Array.from({ length: 40 }, (_, index) => createNode(network, `m${index}`, { identity }))
  for (const round of [0, 1]) {
    for (const { socket } of dialers) socket.dial(addressOf('bert')).catch(() => undefined)
    network.simulation.runFor(6000)
    const linked = dialers.filter(({ socket }) => socket.connections.size > 0)
    expect([linked.length, bert.socket.connections.size], `round ${round}`).toEqual([1, 1])
  }
  expect(bert.events.filter((event) => event === 'link accepted').length).toBe(1)
})

test('many identities that shake hands at once: never more links than peersMax', async () => {
  const network = createNetwork(1, { latencyMs: [1, 50] })
  const bert = await startNode(network, 'bert', { limits: { peersMax: 10 } })
  const outcomes = Array.from({ length: 60 }, (_, index) =>
    outcomeOf(createNode(network, `n${index}`).socket.dial(addressOf('bert'))),
  )
  network.simulation.runFor(1000)
  expect(bert.socket.connections.size).toBe(10)
  network.simulation.runFor(10_000)
  expect(bert.events.filter((event) => event.startsWith('link')).length).toBe(10)
  await Promise.resolve()
  expect(outcomes.filter(({ value }) => value !== undefined).length).toBe(10)
})

test('strangers who are accepted and never accept hold their places for a second, and links are never more than peersMax', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert', { limits: { peersMax: 4 } })
  const strangers = Array.from({ length: 8 }, (_, index) => {
    const identity = identityFromSeed(new Uint8Array(32).fill(100 + index))
    const hello = { nodeKey: identity.key }
    return {
      identity,
      hello,
      stranger: startStranger(network, network.simulation.host(`m${index}`), 'bert', helloFrame(hello)),
    }
  })
  network.simulation.runFor(100)
  for (const { identity, hello, stranger } of strangers)
    stranger.say('handshake', proofFor(stranger.theirHello, identity, hello))
  network.simulation.runFor(1500)
  const honest = Array.from({ length: 4 }, (_, index) => createNode(network, `n${index}`))
  for (const { socket } of honest) socket.dial(addressOf('bert')).catch(() => undefined)
  network.simulation.runFor(1000)
  expect(honest.map(({ socket }) => socket.connections.size)).toEqual([1, 1, 1, 1])
  for (const { stranger } of strangers)
    stranger.say('handshake', encodeHandshake({ kind: 'decision', refusal: undefined, peerHints: [] }))
  network.simulation.runFor(1000)
  expect(bert.socket.connections.size).toBe(4)
  expect(bert.events.filter((event) => event === 'link accepted').length).toBe(4)
})

test('a node that claims a link which is not here is dialed less and less often, and is no link', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  const refusal = encodeHandshake({ kind: 'decision', refusal: 'duplicate-link', peerHints: [] })
  let dialManager = 0
  await network.transport(network.simulation.host('liar')).listen?.('liar', port, (link) => {
    dialManager += 1
    const greeting = Buffer.concat([helloFrame(), frameOf('handshake', refusal)])
    return new Stranger(network, link, greeting)
  })
  anna.socket.addPersistentPeer(addressOf('liar'))
  network.simulation.runFor(600_000)
  expect(dialManager).toBeGreaterThan(10)
  expect(dialManager).toBeLessThan(70)
  expect(anna.socket.persistentPeers()).toMatchObject([{ isProven: false, isLinked: false, peerId: undefined }])
})
