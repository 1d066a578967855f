import { RefusedError } from '@ts2p/base'
import type { Connection } from '@ts2p/base'
import { expect, test } from 'vitest'
import { connect, createNetwork, nodeIn, outcomeOf, startChain, startNode } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'
import type { Channel, ChannelHandler, Verdict } from '../src/channels/channel.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const text = (payload: Uint8Array): string => Buffer.from(payload).toString()

/** A channel that notes what it is called with. */
function openNoting(
  { socket }: Node,
  name: string,
  options: { readonly verdict?: Verdict; readonly terms?: Record<string, string> } = {},
): { channel: Channel; calls: string[]; peers: Connection[] } {
  const { verdict = 'accept', terms = {} } = options
  const [calls, peers]: [string[], Connection[]] = [[], []]
  const handler: ChannelHandler = {
    terms,
    onBroadcast: (payload, { source, from }) => {
      calls.push(`broadcast ${text(payload)} ${source === from.id ? 'of its source' : 'passed on'}`)
      return verdict
    },
    onMessage: (payload) => {
      calls.push(`message ${text(payload)}`)
      return verdict
    },
    onPeerUp: (peer) => {
      calls.push('up')
      peers.push(peer)
    },
    onPeerDown: () => void calls.push('down'),
    onDrain: () => void calls.push('drain'),
  }
  return { channel: socket.openChannel(name, handler), calls, peers }
}

test('a broadcast reaches each node that has the channel once, and nothing else sees it', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, b, c] = ['a', 'b', 'c'].map((name) => openNoting(nodeIn(nodes, name), 'one'))
  const other = openNoting(nodeIn(nodes, 'b'), 'two')
  expect(a?.channel.broadcast(bytes('hello')).neighbors).toBe(1)
  network.simulation.runFor(1000)
  expect([a?.calls, b?.calls, c?.calls, other.calls]).toEqual([
    [],
    ['broadcast hello of its source'],
    ['broadcast hello passed on'],
    [],
  ])
  for (const { socket } of Object.values(nodes)) expect(socket.recv()).toBeUndefined()
})

test('a node passes on only what its own layer accepts', async () => {
  for (const relay of ['none', 'ignore'] as const) {
    const network = createNetwork(2)
    const nodes = await startChain(network, ['a', 'b', 'c'])
    const [a, c] = [openNoting(nodeIn(nodes, 'a'), 'one'), openNoting(nodeIn(nodes, 'c'), 'one')]
    if (relay !== 'none') openNoting(nodeIn(nodes, 'b'), 'one', { verdict: relay })
    a.channel.broadcast(bytes('hello'))
    network.simulation.runFor(5000)
    expect([c.calls, nodeIn(nodes, 'b').socket.routingTable?.size]).toEqual([[], 2])
  }
})

test.each([
  ['reject', true],
  ['ban', false],
] as const)(
  '%s closes the link with the neighbor that sent it; whether it may return: %s',
  async (verdict, returns) => {
    const network = createNetwork(3)
    const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
    const [sender, target] = [openNoting(a, 'one'), openNoting(b, 'one', { verdict })]
    await connect(network, a.socket, b.name)
    for (const peer of sender.peers) sender.channel.send(peer, bytes('wrong'))
    network.simulation.runFor(20_000)
    expect(target.calls.slice(0, 3)).toEqual(['up', 'message wrong', 'down'])
    expect(b.socket.issues.map(({ code }) => code)).toContain('protocol-violation')
    expect(b.socket.routingTable?.has(a.socket.id) === true).toBe(returns)
  },
)

test('messages arrive in order, and urgent ones overtake the others', async () => {
  const network = createNetwork(4)
  const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
  const [sender, target] = [openNoting(a, 'one'), openNoting(b, 'one')]
  await connect(network, a.socket, b.name)
  network.limitBandwidth(a.host, b.host, 1_000_000)
  const [peer] = sender.peers
  if (!peer) throw new Error('The two are linked.')
  for (const start of ['1', '2', '3'])
    sender.channel.send(peer, network.simulation.random.bytes(300_000).fill(start.charCodeAt(0), 0, 1))
  network.simulation.runFor(1)
  sender.channel.send(peer, bytes('now'), { urgent: true })
  network.simulation.runFor(10_000)
  expect(target.calls.slice(1).map((call) => call.slice(8, 11).replace(/(?<=^[123]).*/su, ''))).toEqual([
    '1',
    'now',
    '2',
    '3',
  ])
})

test('nodes whose terms differ refuse each other, and say which', async () => {
  const network = createNetwork(5)
  const [a, b, c] = [await startNode(network, 'a'), await startNode(network, 'b'), await startNode(network, 'c')]
  const [wide, narrow] = [{ width: '5' }, { width: '4' }]
  for (const [node, terms] of [
    [a, wide],
    [b, narrow],
    [c, wide],
  ] as const)
    openNoting(node, 'one', { terms })
  const refused = outcomeOf(b.socket.connect('a', 4444))
  network.simulation.runFor(1000)
  await new Promise(setImmediate)
  expect(refused.error).toBeInstanceOf(RefusedError)
  expect(refused.error).toMatchObject({ difference: 'one.width is 4 here and 5 there' })
  await connect(network, c.socket, a.name)
  expect(a.socket.routingTable?.size).toBe(1)
})

test('a wrong name, a name that is open, and wrong or late terms are refused by name', async () => {
  const network = createNetwork(6)
  const node = await startNode(network, 'a')
  openNoting(node, 'one')
  for (const name of ['', 'one', 5 as unknown as string])
    expect(() => openNoting(node, name)).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument: 'name' }))
  for (const terms of [
    { width: 'x'.repeat(200) },
    { 'a\nb': '1' },
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index, ''])),
  ])
    expect(() => openNoting(node, 'two', { terms })).toThrow(expect.objectContaining({ argument: 'terms' }))
  const { subnet } = node.socket
  expect(() => openNoting(node, 'two', { terms: { width: '5' } })).toThrow(
    expect.objectContaining({ code: 'TERMS_FIXED', channel: 'two' }),
  )
  openNoting(node, 'two')
  expect(node.socket.subnet).toBe(subnet)
})

test('a layer that fails is reported, and the others go on; one that is closed is not called', async () => {
  const network = createNetwork(7)
  const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
  a.socket.openChannel('faulty', {
    onPeerUp: () => {
      throw new Error('out of order')
    },
  })
  const [good, closed] = [openNoting(a, 'good'), openNoting(a, 'closed')]
  let checks = 0
  a.socket.openChannel('clock', { onMaintenance: () => (checks += 1) })
  closed.channel.close()
  await connect(network, b.socket, a.name)
  expect([good.calls, closed.calls]).toEqual([['up'], []])
  expect(checks).toBeGreaterThan(1)
  expect(a.socket.issues).toEqual([
    expect.objectContaining({ code: 'channel-failed', message: expect.stringContaining('out of order') }),
  ])
})

test('after close() nothing is sent', async () => {
  const network = createNetwork(8)
  const node = await startNode(network, 'a')
  const { channel } = openNoting(node, 'one')
  const closed = node.socket.close()
  expect(() => channel.broadcast(bytes('late'))).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  expect(() => openNoting(node, 'two')).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  network.simulation.runFor(1000)
  await closed
})
