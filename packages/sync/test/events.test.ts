import { systemEnvironment } from '@ts2p/base'
import { expect, onTestFinished, test, vi } from 'vitest'
import { connect, createNetwork, settled, startApart, startNetwork, startNode } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

test("'change' tells of everyone's writes, one's own too, with owner, time and the value before", async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const heard: Record<string, unknown[]> = { a: [], b: [] }
  for (const [name, node] of Object.entries({ a, b })) {
    node.on('change', ({ token, ...change }) => heard[name]?.push({ ...change, hasToken: token.endsWith(`.${a.id}`) }))
  }
  const at = Math.floor(network.simulation.now / 1000) * 1000
  const written = { key: 'key', owner: a.id, hasToken: true }
  a.set('key', 'value')
  expect(heard['a']).toEqual([{ ...written, type: 'set', value: 'value', previous: undefined, at }])
  expect(heard['b']).toEqual([])
  network.simulation.runFor(5000)
  expect(heard['b']).toEqual(heard['a'])
  a.del('key')
  network.simulation.runFor(1000)
  expect(heard['b']?.[1]).toEqual({ ...written, type: 'delete', value: undefined, previous: 'value', at: at + 5000 })
  expect(heard['b']).toEqual(heard['a'])
})

test('a listener that throws stops nothing: neither the write, nor the others, nor the record on its way', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  const heard: string[] = []
  for (const node of [a, b]) {
    node.on('change', () => {
      throw new Error('on purpose')
    })
    node.on('change', ({ key }) => heard.push(key))
  }
  a.set('key', 'value')
  network.simulation.runFor(1000)
  expect(heard).toEqual(['key', 'key'])
  expect(c.get('key')).toBe('value')
  expect(b.issues).toEqual([
    expect.objectContaining({
      code: 'listener-failed',
      message: 'A listener of the application failed: Error: on purpose',
    }),
  ])
  expect(b.routingTable?.size).toBe(2)
})

test('what a listener or a handler throws goes to the console with its stack, unless the environment is silent', async () => {
  const printed: unknown[][] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...values) => void printed.push(values))
  onTestFinished(() => spy.mockRestore())
  for (const environment of [undefined, systemEnvironment({ logLevel: 'silent' })]) {
    const options = environment ? { environment } : {}
    const socket = new SyncSocket({
      transports: [createNetwork(1).transport(createNetwork(1).simulation.host('a'))],
      ...options,
    })
    const error = new Error('on purpose')
    socket.on('change', () => Promise.reject(error))
    socket.set('key', 'value')
    await settled()
    const isSilent = environment !== undefined
    expect(printed.splice(0)).toEqual(
      isSilent ? [] : [['ts2p: A listener of the application failed: Error: on purpose', { error }]],
    )
    expect(socket.issues).toEqual([expect.objectContaining({ code: 'listener-failed', count: 1 })])
    await socket.close()
  }
})

test('a listener may write: events tell what is there when they come', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const heard = new Map<string, string>()
  a.once('change', () => {
    a.once('change', ({ key }) => a.set('first', `again after ${key}`))
    a.del('second')
  })
  a.on('change', ({ type, key, value }) => {
    if (type === 'set') heard.set(key, value)
    else heard.delete(key)
  })
  a.update({ first: '1', second: '2', third: '3' })
  expect(heard).toEqual(a.copy())
  network.simulation.runFor(1000)
  expect(heard).toEqual(b.copy())
})

test.each([true, false])(
  'of many writes of a key in one turn another node hears the outcome, signed: %s',
  async (signing) => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'], { signing })
    const heard: string[] = []
    b.on('change', ({ key, value }) => heard.push(value === undefined ? `${key} deleted` : `${key}=${value}`))
    a.set('early', '1')
    network.simulation.runFor(1000)
    for (let index = 0; index < 10; index++) a.set('counter', `${index}`)
    // Nobody else has ever had this one.
    a.set('short-lived', 'x').del('short-lived')
    a.del('early')
    a.set('early', '2')
    network.simulation.runFor(1000)
    expect(heard).toEqual(['early=1', 'counter=9', 'early=2'])
  },
)

test('no event comes for what is refused, known already, or outdated', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const heard: unknown[] = []
  a.set('key', 'value')
  network.simulation.runFor(1000)
  b.on('change', (change) => heard.push(change))
  expect(() => b.set('key', 'mine')).toThrow(/is leased by/)
  expect(b.del('nothing there')).toBe(false)
  // Comparisons with the neighbor, every half minute.
  network.simulation.runFor(300_000)
  expect(heard).toEqual([])
})

test("'connect', 'peer-connect', 'message', 'refused' and the others are those of the mesh", async () => {
  const network = createNetwork(1)
  const { a, b } = await startApart(network, ['a', 'b'])
  const heard: string[] = []
  b.on('connect', () => heard.push('connect'))
  b.on('disconnect', () => heard.push('disconnect'))
  b.on('peer-connect', ({ id }) => heard.push(`peer-connect ${id === a.id}`))
  b.on('peer-disconnect', ({ id }) => heard.push(`peer-disconnect ${id === a.id}`))
  b.on('message', () => heard.push(`message ${b.recv()?.type}`))
  b.on('refused', ({ refusal }) => heard.push(refusal))
  await connect(network, b, 'a')
  a.send(['hello'], { type: 'greeting' })
  network.simulation.runFor(1000)
  const stranger = await startNode(network, 'stranger', { subnet: 'another' })
  stranger.socket.connect('b', 4444).catch(() => undefined)
  network.simulation.runFor(1000)
  network.partition([[stranger.host]])
  const [connection] = b.outgoing
  if (connection) b.disconnect(connection)
  network.simulation.runFor(100)
  expect(heard).toEqual([
    ...['peer-connect true', 'connect', 'message greeting', 'another-subnet'],
    ...['peer-disconnect true', 'disconnect'],
  ])
})

test('messages may be sent, handled, taken and answered beside the dictionary', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  const seen: string[] = []
  c.registerHandler(({ type }) => {
    seen.push(type)
    return true
  })
  expect(a.send(['hello'])).toBe(2)
  network.simulation.runFor(100)
  const reply = b.recv()?.reply(['and hello to you'])
  network.simulation.runFor(100)
  await reply
  expect(a.recv(5).map(({ sender }) => sender)).toEqual([b.id])
  expect(seen).toEqual(['broadcast'])
  expect(c.recv()).toBeUndefined()
})

test('whoever is told of a change sees all that came with it, by whatever method it asks', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.update({ x: 'old', y: 'old' })
  network.simulation.runFor(1000)
  // Asked for, so that both are remembered.
  expect([b.get('x'), b.get('y')]).toEqual(['old', 'old'])
  const seen: unknown[] = []
  b.on('change', ({ key }) => seen.push([key, b.get('x'), b.get('y'), Object.fromEntries(b.items())]))
  a.update({ x: 'new', y: 'new' })
  network.simulation.runFor(1000)
  const both = { x: 'new', y: 'new' }
  expect(seen).toEqual([
    ['x', 'new', 'new', both],
    ['y', 'new', 'new', both],
  ])
})

test("'lease-released' comes once on every node when a lease is released, also by a close, and not when the key is deleted", async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const { a: anna, b: bert } = { a: [] as unknown[], b: [] as unknown[] }
  a.on('lease-released', ({ key, owner }) => anna.push([key, owner === a.id, a.lease(key)]))
  b.on('lease-released', ({ key, owner }) => bert.push([key, owner === a.id, b.lease(key)]))
  b.on('change', ({ key, type }) => type === 'set' && bert.push(key))
  a.set('released', 'x').set('deleted', 'x').set('kept until the close', 'x')
  network.simulation.runFor(1000)
  expect([a.release('released'), a.release('released'), a.del('deleted')]).toEqual([true, false, true])
  network.simulation.runFor(1000)
  expect([anna, bert.splice(3)]).toEqual([[['released', true, undefined]], [['released', true, undefined]]])
  void a.close()
  network.simulation.runFor(60_000)
  expect(bert.splice(3)).toEqual([['kept until the close', true, undefined]])
})

test('an update for which there is not room changes nothing: not the values, not what is told', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'a', { storeLimits: { keysMax: 2 } })
  socket.set('k1', 'old')
  expect(socket.get('k1')).toBe('old')
  const told: unknown[] = []
  socket.on('change', ({ key }) => told.push(key))
  expect(() => socket.update({ k1: 'new', k2: 'x', k3: 'y' })).toThrow(expect.objectContaining({ code: 'STORE_FULL' }))
  expect([socket.get('k1'), [...socket.items()], told]).toEqual(['old', [['k1', 'old']], []])
})
