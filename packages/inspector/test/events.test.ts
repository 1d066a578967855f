import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemEnvironment } from '@ts2p/base'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { jsonLines } from '../page/lines.ts'
import { linksType, readLinksAnswer } from '../src/watching/link-answers.ts'
import { readPropagation, propagationType } from '../src/watching/propagation-reports.ts'
import type { FeedEvent } from '../src/wire.ts'
import { InspectedNetwork, there } from './inspected-network.test-helper.ts'

let network: InspectedNetwork
beforeEach(async () => {
  network = await InspectedNetwork.start(3)
})
afterEach(() => network.close())

/** Reads a node's events, until one fits. */
async function eventOf<E extends FeedEvent>(index: number, fits: (event: FeedEvent) => event is E): Promise<E> {
  const { metricsUrl, token } = there(network.inspectors[index])
  const end = new AbortController()
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(new URL('/events', metricsUrl), { headers, signal: end.signal })
  for await (const event of jsonLines(there(response.body ?? undefined))) {
    if (!fits(event as FeedEvent)) continue
    end.abort()
    return event as E
  }
  throw new Error('The events have ended.')
}

type Of<K extends FeedEvent['kind']> = Extract<FeedEvent, { kind: K }>

test('the first event says who the node is and how to join', async () => {
  const { subnet, door, ...rest } = await eventOf(0, (event): event is Of<'node'> => event.kind === 'node')
  expect(rest).toMatchObject({ id: network.node(0).id, secret: null, addresses: network.node(0).addresses })
  expect(subnet).toMatchObject({ description: 'sync', security: 'plaintext', isSigned: true })
  expect(subnet.leaseTerms).toMatchObject({ leaseSeconds: 3600, leasing: true, policies: [] })
  expect(door.host).toBe('127.0.0.1')
})

test('nodes that are looked into tell each other their links; the others hear nothing of it', async () => {
  const { others, links } = await eventOf(
    0,
    (event): event is Of<'snapshot'> => event.kind === 'snapshot' && event.others.length === 2,
  )
  expect(links.map(({ id }) => id).toSorted()).toEqual([...there(network.node(0).routingTable).keys()].toSorted())
  for (const { id, links: told } of others) {
    const node = there(network.nodes.find((each) => each.id === id))
    expect([...told].toSorted()).toEqual([...there(node.routingTable).keys()].toSorted())
  }
  expect(network.nodes.map((node) => node.recv(9).length)).toEqual([0, 0, 0])
})

test('deliveries are told with the link by which they came', async () => {
  const { at, copies } = await eventOf(0, (event): event is Of<'propagation'> => {
    // From the first snapshot on the node is watched.
    if (event.kind === 'snapshot') network.node(1).send(['hello'])
    return event.kind === 'propagation'
  })
  expect(at).toBe(network.node(0).id)
  expect(copies[0]).toMatchObject({ source: network.node(1).id, from: expect.any(String), channel: 0 })
})

test('other nodes that are looked into tell what comes to them', async () => {
  const [asked, addressSource] = [network.node(0).id, network.node(1).id]
  const { copies } = await eventOf(0, (event): event is Of<'propagation'> => {
    // Whoever has answered tells from then on.
    if (event.kind === 'snapshot' && event.others.some(({ id }) => id === addressSource))
      network.node(0).send(['hello'])
    return event.kind === 'propagation' && event.at === addressSource
  })
  expect(copies[0]).toMatchObject({ source: asked, from: expect.any(String), channel: 0, hops: 1 })
  expect(
    network
      .node(2)
      .recv(1000)
      .every(({ type }) => type === 'broadcast'),
  ).toBe(true)
})

test('what was refused is told, also to whoever comes later', async () => {
  const { metricsUrl, token, log } = there(network.inspectors[0])
  expect((await fetch(new URL('/events', metricsUrl))).status).toBe(401)
  expect((await fetch(new URL('/node.json', metricsUrl))).status).toBe(401)
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(new URL('/node.json', metricsUrl), { headers })).status).toBe(200)
  const refused = await eventOf(0, (event): event is Of<'issue'> => event.kind === 'issue')
  expect(refused).toMatchObject({ source: 'inspector', level: 'warn' })
  expect(refused.sentence).toContain('token')
  log('info', 'nothing to see')
  log('error', 'a message could not be handled')
  const logged = await eventOf(0, (event): event is Of<'issue'> => event.kind === 'issue' && event.source === 'log')
  expect(logged.sentence).toBe('a message could not be handled')
})

test('a handshake that is refused is told', async () => {
  const [{ host, port }] = [there(network.node(0).addresses[0])]
  const stranger = new SyncSocket({ transports: [tcp()], subnet: 'another' })
  await expect(stranger.connect(host, port)).rejects.toMatchObject({ code: 'REFUSED_ANOTHER_SUBNET' })
  const { source, sentence } = await eventOf(0, (event): event is Of<'issue'> => event.kind === 'issue')
  expect(source).toBe('link')
  expect(sentence).toContain('subnet')
  await stranger.close()
})

test('the door is open to the page only', async () => {
  const { door } = await eventOf(0, (event): event is Of<'node'> => event.kind === 'node')
  const { origin } = new URL(there(network.inspectors[0]).metricsUrl)
  const outcome = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${door.port}/`, { headers })
      socket.on('open', () => {
        socket.terminate()
        resolve('open')
      })
      socket.on('error', ({ message }) => resolve(message))
    })
  expect(await outcome({ origin })).toBe('open')
  for (const headers of [{}, { origin: 'http://attacker.example' }, { origin: 'null' }]) {
    expect(await outcome(headers)).toContain('403')
  }
})

test('an answer of a stranger is read for what it is', () => {
  const id = network.node(0).id
  const read = (text: string): unknown =>
    readLinksAnswer(id, { packets: [linksType, text].map((packet) => new TextEncoder().encode(packet)) })
  expect(read(JSON.stringify({ links: [id], trees: [] }))).toEqual({ id, links: [id], trees: [] })
  const tree = { source: id, eager: [], lazy: [id] }
  expect(read(JSON.stringify({ links: [], trees: [tree] }))).toEqual({ id, links: [], trees: [tree] })
  for (const answer of [
    ...[null, 1, [], {}, { links: {}, trees: [] }, { links: ['x'], trees: [] }, { links: [], trees: [null] }],
    { links: Array.from({ length: 1000 }, () => id), trees: [] },
    { links: [], trees: [{ ...tree, eager: ['<svg>'] }] },
  ]) {
    expect(read(JSON.stringify(answer)), JSON.stringify(answer)).toBeUndefined()
  }
  expect(read('{')).toBeUndefined()
})

test('what a stranger tells of deliveries is read for what it is', () => {
  const sender = network.node(0).id
  const read = (value: unknown): unknown =>
    readPropagation({
      sender,
      packets: [propagationType, JSON.stringify(value)].map((text) => new TextEncoder().encode(text)),
    })
  const copy = { source: sender, from: null, channel: 1, count: 1, hops: 0, delayMs: 0 }
  expect(read({ copies: [copy], omitted: 0 })).toEqual({ kind: 'propagation', at: sender, copies: [copy], omitted: 0 })
  for (const wrong of [
    { source: 'x' },
    { from: 1 },
    { channel: 'sync' },
    { count: '1' },
    { hops: undefined },
    { delayMs: null },
  ]) {
    expect(read({ copies: [{ ...copy, ...wrong }], omitted: 0 }), JSON.stringify(wrong)).toBeUndefined()
  }
  expect(read({ copies: Array.from({ length: 1000 }, () => copy), omitted: 0 })).toBeUndefined()
  expect(read({ copies: [], omitted: '1' })).toBeUndefined()
  expect(read(null)).toBeUndefined()
})

test('a lease that another node has is told, with the key and who holds it', async () => {
  // Each holds it until they meet: then it is theirs who had it first, here by the clock of the stranger.
  const environment = { ...systemEnvironment(), now: () => Date.now() - 1000 }
  const stranger = new SyncSocket<string, string>({
    transports: [tcp()],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    environment,
  })
  stranger.set('job/17', 'theirs')
  network.node(0).set('job/17', 'ours')
  const { host, port } = there(network.node(0).addresses[0])
  await stranger.connect(host, port)
  const issue = await eventOf(0, (event): event is Of<'issue'> => event.kind === 'issue')
  const sentence = `The node ${stranger.id} holds the key "job/17" now, which this node held.`
  expect(issue).toMatchObject({ level: 'warn', source: 'lease', sentence })
  await stranger.close()
})
