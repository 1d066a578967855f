import { expect, test } from 'vitest'
import { leave, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import type { Network } from './test-persistence.test-helper.ts'
import { createNetwork, outcomeOf, settled, startNode } from './network.test-helper.ts'
import type { SyncSocket } from '../src/sync-socket.ts'

test('a node that returns compares first: it learns that its key was taken over while it was away', async () => {
  const network = createNetwork(1)
  const persistence = new TestPersistence()
  const { socket: bert } = await start(network, 'bert', { leaseSeconds: 10 })
  const { socket: anna } = await start(network, 'anna', { persistence, leaseSeconds: 10 })
  const linked = anna.connect('bert', 4444)
  await pass(network, 2000)
  await linked
  anna.set('key', 'of anna')
  for (let index = 0; index < 2000; index += 1) anna.set(`other ${index}`, 'x'.repeat(100))
  await pass(network)
  await leave(network, anna)
  await pass(network, 20_000)
  bert.set('key', 'of bert')
  for (let index = 0; index < 2000; index += 1) bert.set(`later ${index}`, 'x'.repeat(100))

  const { socket: again } = await start(network, 'anna-2', { persistence, leaseSeconds: 10 })
  const refusals = new Set<unknown>()
  // What it would do at each moment from the link on: write what it thinks is its own.
  const back = outcomeOf(again.connect('bert', 4444).then(() => 'connected'))
  for (let slice = 0; slice < 3000 && back.value === undefined; slice += 1) {
    network.simulation.runFor(1)
    await settled()
    if (again.routingTable === undefined || back.value !== undefined) continue
    expect(() => again.set('key', 'still mine')).toThrow()
    try {
      again.set('key', 'still mine')
    } catch (error) {
      refusals.add((error as { code?: unknown }).code)
    }
  }
  expect(back.value).toBe('connected')
  expect(refusals).toEqual(new Set(['CATCHING_UP']))
  expect([again.get('key'), again.size]).toEqual(['of bert', 4001])
  expect(() => again.set('key', 'mine')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
})

test('alone it may write at once', async () => {
  const network = createNetwork(2)
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  await anna.set('key', 'value').flush()
  await leave(network, anna)
  const { socket: again } = await start(network, 'anna-2', { persistence })
  await again.caughtUp()
  expect(again.set('key', 'again').get('key')).toBe('again')
})

/** Writes the key at each millisecond while a node is linked. @returns what the writes threw, until `isDone` */
async function writeWhile(
  network: Network,
  isDone: () => boolean,
  { socket }: { readonly socket: () => SyncSocket<string, string> | undefined },
): Promise<Set<unknown>> {
  const refusals = new Set<unknown>()
  for (let slice = 0; slice < 5000 && !isDone(); slice += 1) {
    network.simulation.runFor(1)
    await settled()
    if (isDone() || socket()?.routingTable === undefined) continue
    try {
      socket()?.set('key 7', 'mine')
      refusals.add('none')
    } catch (error) {
      refusals.add((error as { code?: unknown }).code)
    }
  }
  return refusals
}

test('a new node has everything when connect resolves, and writes under no lease before', async () => {
  const network = createNetwork(3)
  const { socket: bert } = await start(network, 'bert', {})
  for (let index = 0; index < 3000; index += 1) bert.set(`key ${index}`, 'x'.repeat(200))
  const { socket: cleo } = await start(network, 'cleo', {})
  const sizes: number[] = []
  const joined = outcomeOf(cleo.connect('bert', 4444).then(() => sizes.push(cleo.size)))
  const refusals = await writeWhile(network, () => joined.isSettled, { socket: () => cleo })
  expect([sizes, refusals]).toEqual([[3000], new Set(['CATCHING_UP'])])
  expect(() => cleo.set('key 7', 'mine')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
  // It is over: a second call waits for the link only.
  const { socket: dora } = await start(network, 'dora', {})
  const again = outcomeOf(cleo.connect('dora', 4444).then(() => 'linked'))
  const refused = await writeWhile(network, () => again.isSettled, { socket: () => cleo })
  expect([again.value, refused, cleo.routingTable?.has(dora.id)]).toEqual(['linked', new Set(['LEASE_HELD']), true])
})

test('a new node with addresses to join catches up by its first link', async () => {
  const network = createNetwork(8)
  const { socket: bert } = await start(network, 'bert', {})
  for (let index = 0; index < 3000; index += 1) bert.set(`key ${index}`, 'x'.repeat(200))
  const started = outcomeOf(startNode(network, 'cleo', { join: [{ host: 'bert', port: 4444 }] }))
  const cleo = (): SyncSocket<string, string> | undefined => started.value?.socket
  const refusals = await writeWhile(network, () => cleo()?.size === 3000, { socket: cleo })
  expect([cleo()?.size, refusals]).toEqual([3000, new Set(['CATCHING_UP'])])
})

test.each([undefined, 300])(
  'a catch-up with a neighbor that answers nothing ends after catchUpMs: %s',
  async (catchUpMs) => {
    const network = createNetwork(9)
    const { host, socket: bert } = await start(network, 'bert', {})
    bert.set('key 7', 'of bert')
    const { socket: cleo } = await start(network, 'cleo', catchUpMs === undefined ? {} : { catchUpMs })
    const joined = outcomeOf(cleo.connect('bert', 4444).then(() => 'joined'))
    for (let ms = 0; cleo.routingTable === undefined && ms < 1000; ms += 1) network.simulation.runFor(1)
    const linkedAt = network.simulation.elapsedMs
    network.stall(host, true)
    expect(() => cleo.set('key 7', 'mine')).toThrow(expect.objectContaining({ code: 'CATCHING_UP' }))
    await writeWhile(network, () => joined.isSettled, { socket: () => undefined })
    expect([joined.value, network.simulation.elapsedMs - linkedAt]).toEqual(['joined', catchUpMs ?? 2000])
    expect(cleo.set('key 7', 'mine').get('key 7')).toBe('mine')
  },
)

test.each(['another has dialed', 'catchUpMs is 0'])(
  '%s: it writes at once, and lease-lost reports what it had not heard of',
  async (reason) => {
    const network = createNetwork(10)
    const { socket: bert } = await start(network, 'bert', {})
    const { socket: cleo } = await start(network, 'cleo', reason === 'catchUpMs is 0' ? { catchUpMs: 0 } : {})
    bert.set('key', 'of bert')
    // In one second the smaller id would have it.
    await pass(network, 2000)
    const lost: unknown[] = []
    const failures: unknown[] = []
    cleo.on('lease-lost', (lease) => lost.push(lease))
    cleo.on('peer-connect', () => {
      try {
        cleo.set('key', 'of cleo')
      } catch (error) {
        failures.push(error)
      }
    })
    const linked = reason === 'catchUpMs is 0' ? cleo.connect('bert', 4444) : bert.connect('cleo', 4444)
    await pass(network, 1000)
    await linked
    expect([cleo.get('key'), failures, lost]).toEqual(['of bert', [], [{ key: 'key', owner: bert.id }]])
  },
)

test('a node that returns with addresses to join, or finds the nodes that it had saved, catches up by the link that it dials', async () => {
  for (const join of [[{ host: 'bert', port: 4444 }], []]) {
    const network = createNetwork(6)
    const persistence = new TestPersistence()
    const { socket: bert } = await start(network, 'bert', {})
    const { socket: anna } = await start(network, 'anna', { persistence })
    const linked = anna.connect('bert', 4444)
    // Long enough for anna to save bert's address.
    await pass(network, 60_000)
    await linked
    anna.set('key', 'value')
    await leave(network, anna)
    for (let index = 0; index < 2000; index += 1) bert.set(`later ${index}`, 'x'.repeat(100))
    const started = outcomeOf(startNode(network, 'anna-2', { persistence, join }))
    const refusals = new Set<unknown>()
    for (let slice = 0; slice < 5000 && started.value?.socket.size !== 2001; slice += 1) {
      network.simulation.runFor(1)
      await settled()
      const again = started.value?.socket
      if (again?.outgoing.length !== 1 || again.size === 2001) continue
      try {
        again.set('key', 'still mine')
      } catch (error) {
        refusals.add((error as { code?: unknown }).code)
      }
    }
    expect([started.value?.socket.size, refusals]).toEqual([2001, new Set(['CATCHING_UP'])])
  }
})

test('a kept node that only listens can write while and after the first neighbor dials in', async () => {
  const network = createNetwork(7)
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  await anna.set('key', 'value').flush()
  await leave(network, anna)
  const { socket: again } = await start(network, 'anna-2', { persistence })
  const { socket: bert } = await start(network, 'bert', { limits: { coreLinksWanted: 1 } })
  for (let index = 0; index < 500; index += 1) bert.set(`of bert ${index}`, 'x'.repeat(100))
  const { socket: cleo } = await start(network, 'cleo', { limits: { coreLinksWanted: 1 } })
  const linked = cleo.connect('bert', 4444)
  await pass(network, 1000)
  await linked
  const failures: unknown[] = []
  again.on('peer-connect', () => {
    try {
      again.set('key', 'at the link')
    } catch (error) {
      failures.push(error)
    }
  })
  void bert.connect('anna-2', 4444)
  const write = async (times: number, ms: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) {
      network.simulation.runFor(ms)
      await settled()
      again.set('key', String(index))
    }
  }
  await write(500, 2)
  await write(1000, 100)
  // Bert has named cleo to her. That the mesh had her dial cleo started no catch-up either.
  expect([again.outgoing.map(({ id }) => id), failures]).toEqual([[cleo.id], []])
  await pass(network)
  expect([cleo.get('key'), again.size]).toEqual(['999', 501])
})

test('a time that is none is refused', async () => {
  const network = createNetwork(5)
  await expect(startNode(network, 'anna', { catchUpMs: -1 })).rejects.toThrow('catchUpMs')
})
