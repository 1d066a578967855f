import type { MessageId, OfferedMessage } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  nodeIn,
  received,
  startNetwork,
  startNode,
  startTopology,
} from './network.test-helper.ts'
import { RecentMessages, wantedOf } from './repair.ts'
import type { KeptMessage } from './repair.ts'

test('a node that was cut off for 20 s gets the messages that it missed, once, and in between sees nothing twice', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const network = createNetwork(seed)
    const nodes = await startNetwork(network, 6)
    const [a, gone] = [nodes[0], nodes[5]]
    if (!a || !gone) throw new Error('Six nodes were asked for.')
    a.socket.send(['before'])
    network.simulation.runFor(1000)
    network.partition([nodes.slice(0, 5).map(({ host }) => host), [gone.host]])
    network.cut(gone.host)
    for (const word of ['one', 'two', 'three']) {
      network.simulation.runFor(6000)
      a.socket.send([word])
    }
    network.simulation.runFor(2000)
    network.heal()
    network.simulation.runFor(40_000)
    expect(received(gone).toSorted()).toEqual(['before', 'one', 'three', 'two'])
    expect(nodes.slice(1, 5).map((node) => received(node).length)).toEqual([4, 4, 4, 4])
  }
})

test('a newcomer gets no messages of the time before it came', async () => {
  const network = createNetwork(1)
  const nodes = await startNetwork(network, 4)
  nodes[1]?.socket.send(['old'])
  network.simulation.runFor(5000)
  const late = await startNode(network, 'late')
  await connect(network, late, nodes[0] ?? late)
  nodes[1]?.socket.send(['new'])
  network.simulation.runFor(60_000)
  expect(received(late)).toEqual(['new'])
})

test('a message that came late by repair does not come again to those who saw it long ago', async () => {
  const network = createNetwork(3)
  const topology = [
    ['a', 'b'],
    ['away', 'b'],
  ] as const
  const nodes = await startTopology(network, ['b', 'a', 'away'], topology, { limits: { seenMs: 20_000 } })
  const [a, b, away] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'away')]
  const until = (second: number): void => network.simulation.runFor(second * 1000 - network.simulation.elapsedMs)
  until(25)
  b.socket.send(['a generation begins'])
  until(30)
  network.partition([[a.host, b.host], [away.host]])
  network.cut(away.host)
  until(44.9)
  b.socket.send(['once'])
  until(45.1)
  b.socket.send(['the next begins'])
  until(57)
  network.heal()
  await connect(network, away, b)
  until(65.2)
  b.socket.send(['and the next: a has forgotten what it saw'])
  until(66)
  expect([a, away].map((node) => received(node).filter((text) => text === 'once'))).toEqual([['once'], ['once']])
  await connect(network, away, a)
  network.simulation.runFor(5000)
  expect(received(a)).toEqual([])
})

const id = (sequence: number): MessageId => ({ origin: new Uint8Array(32), epoch: 1, sequence })

function kept(sequence: number, options: { sentAt?: number; bytes?: number } = {}): KeptMessage {
  const { sentAt = 0, bytes = 10 } = options
  return { name: `${sequence}`, id: id(sequence), flag: 'broadcast', payload: new Uint8Array(bytes), sentAt }
}

test('what is kept is bounded by bytes, number and age', () => {
  const recent = new RecentMessages({ bytesMax: 100, messagesMax: 5, ageMsMax: 1000 })
  const sequences = (now: number): number[] => recent.offer(now).map((offered) => offered.id.sequence)
  for (let sequence = 1; sequence <= 5; sequence++) expect(recent.add(kept(sequence), 0)).toBe(false)
  expect(sequences(0)).toEqual([1, 2, 3, 4, 5])
  expect(recent.add(kept(6, { sentAt: 500 }), 500)).toBe(true)
  expect(sequences(500)).toEqual([2, 3, 4, 5, 6])
  expect(recent.add(kept(7, { sentAt: 500, bytes: 85 }), 500)).toBe(true)
  expect(sequences(500)).toEqual([6, 7])
  expect(sequences(1501)).toEqual([])
  expect(recent.get('7')).toBeUndefined()
})

test('keeping a message twice counts it once', () => {
  const recent = new RecentMessages({ bytesMax: 100, messagesMax: 5, ageMsMax: 1000 })
  for (let time = 0; time < 10; time++) recent.add(kept(1, { bytes: 60 }), time)
  expect(recent.offer(10).length).toBe(1)
})

test('an offer tells ages since the messages were sent, and leaves out what is too old', () => {
  const recent = new RecentMessages({ bytesMax: 100, messagesMax: 5, ageMsMax: 1000 })
  recent.add(kept(1, { sentAt: 900 }), 1000)
  recent.add(kept(2, { sentAt: 100 }), 1000)
  expect(recent.offer(1100)).toEqual([
    { id: id(1), ageMs: 200 },
    { id: id(2), ageMs: 1000 },
  ])
  expect(recent.offer(1200)).toEqual([{ id: id(1), ageMs: 300 }])
})

test('asked for is what is unknown, was sent since this node joined, and is not too old', () => {
  const offer: OfferedMessage[] = [1, 2, 3, 4].map((sequence) => ({ id: id(sequence), ageMs: sequence * 100 }))
  const wanted = wantedOf(offer, { isKnown: ({ sequence }) => sequence === 1, memberForMs: 350, ageMsMax: 1000 })
  expect(wanted.map((each) => each.id.sequence)).toEqual([2, 3])
  expect(wantedOf(offer, { isKnown: () => false, memberForMs: 5000, ageMsMax: 250 }).length).toBe(2)
  expect(wantedOf(offer, { isKnown: () => false, memberForMs: 0, ageMsMax: 250 })).toEqual([])
})
