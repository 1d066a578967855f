import { identityFromSeed } from '@ts2p/protocol'
import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { copyOf, leave, nobody, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import { MemoryPersistence } from '../src/persistence/memory-persistence.ts'
import { atHost, connect, contents, createNetwork, settled, startNode } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'

describe('a node that is kept', () => {
  test('comes back as who it was, with what it had, what others wrote, and its leases', async () => {
    const network = createNetwork(1)
    const persistence = new MemoryPersistence()
    const { socket: bert } = await start(network, 'bert', {})
    const { socket: anna } = await start(network, 'anna', { persistence })
    await connect(network, anna, 'bert')
    anna.set('of anna', '1')
    anna.set('gone', 'x')
    bert.set('of bert', '2')
    await pass(network)
    anna.del('gone')
    const [id, lease, token] = [anna.id, anna.lease('of bert'), anna.lease('of anna')?.token ?? '']
    await leave(network, anna)

    const { socket: again } = await start(network, 'anna-2', { persistence, knownNodes: nobody })
    expect(again.id).toBe(id)
    expect(contents(again)).toEqual([
      ['of anna', '1'],
      ['of bert', '2'],
    ])
    expect(again.lease('of bert')).toEqual(lease)
    expect(() => again.set('of bert', 'mine')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
    again.set('of anna', '3')
    expect((again.lease('of anna')?.token ?? '') > token).toBe(true)
    // A deletion is a record too: without it bert's copy would bring the value back.
    await connect(network, again, 'bert')
    await pass(network)
    expect(contents(bert)).toEqual(contents(again))
  })

  test('finds the network again by itself, though whom it joined by is gone', async () => {
    const network = createNetwork(1)
    const persistence = new MemoryPersistence()
    const { host, socket: first } = await start(network, 'first', {})
    const { socket: bert } = await start(network, 'bert', {})
    const { socket: anna } = await start(network, 'anna', { persistence })
    await connect(network, bert, 'first')
    await connect(network, anna, 'first')
    network.simulation.runFor(60_000)
    first.set('left', 'behind')
    await pass(network)
    await leave(network, anna)
    network.crash(host)
    const { socket: again } = await start(network, 'anna-2', { persistence })
    bert.set('since', 'then')
    network.simulation.runFor(60_000)
    expect(contents(again)).toEqual([
      ['left', 'behind'],
      ['since', 'then'],
    ])
  })

  test('knows up to where it holds what a neighbor held, and is sent only what came since', async () => {
    const network = createNetwork(1)
    const persistence = new MemoryPersistence()
    const { socket: bert } = await start(network, 'bert', {})
    const { socket: anna } = await start(network, 'anna', { persistence })
    bert.update(Array.from({ length: 2000 }, (_, index) => [`key ${index}`, 'x'.repeat(100)] as const))
    await connect(network, anna, 'bert')
    await pass(network, 1000)
    expect(anna.size).toBe(2000)
    await leave(network, anna)
    bert.set('since', 'x')
    const { socket: again } = await start(network, 'anna-2', { persistence })
    const before = network.bytes
    await connect(network, again, 'bert')
    expect(again.size).toBe(2001)
    expect(network.bytes - before).toBeLessThan(3000)
  })

  test('fields set one by one come back', async () => {
    const network = createNetwork(2)
    const persistence = new MemoryPersistence()
    const make = async (name: string): Promise<SyncSocket<string, unknown>> => {
      const host = network.simulation.host(name)
      const socket = new SyncSocket<string, unknown>({
        ...atHost(network, host),
        keyEncoding: 'utf8',
        valueEncoding: 'json',
        leasing: false,
        persistence,
      })
      await socket.ready
      return socket
    }
    const anna = await make('anna')
    anna.set('map', { a: 1, b: 2 })
    anna.applyDelta('map', { b: 3 })
    await anna.close()
    expect((await make('anna-2')).get('map')).toEqual({ a: 1, b: 3 })
  })

  test('before it is ready it says so, whatever is asked of it; handlers may be registered', async () => {
    const network = createNetwork(3)
    const persistence = new MemoryPersistence()
    const socket = new SyncSocket({ ...atHost(network, network.simulation.host('anna')), persistence })
    const notReady = expect.objectContaining({ code: 'NOT_READY' })
    for (const action of [
      () => socket.set('key', 'value'),
      () => socket.get('key'),
      () => socket.size,
      () => socket.id,
      () => socket.send(['x']),
    ]) {
      expect(action).toThrow(notReady)
    }
    const seen: string[] = []
    const note = (name: string) => (): boolean => seen.push(name) > 0
    const removeFirst = socket.registerHandler(note('first'))
    const removeSecond = socket.registerHandler(note('second'))
    socket.registerHandler(note('third'))
    removeFirst()
    await socket.ready
    removeSecond()
    const sent = socket.sendTo(socket.id, ['x'])
    network.simulation.runFor(100)
    await sent
    expect(seen).toEqual(['third'])
    expect(socket.set('key', 'value').size).toBe(1)
    await socket.close()
  })

  test('closed while it opens, it gives the place free', async () => {
    const network = createNetwork(4)
    const persistence = new MemoryPersistence()
    const socket = new SyncSocket({ ...atHost(network, network.simulation.host('anna')), persistence })
    await socket.close()
    const { socket: again } = await start(network, 'anna-2', { persistence })
    expect(again.size).toBe(0)
  })

  test('without persistence, flush says that nothing is kept', async () => {
    const { socket } = await startNode(createNetwork(5), 'anna')
    await expect(socket.flush()).rejects.toMatchObject({ code: 'NOT_PERSISTED' })
  })

  test('one place is for one node, one identity and one network', async () => {
    const network = createNetwork(6)
    const persistence = new MemoryPersistence()
    const { socket: anna } = await start(network, 'anna', { persistence })
    const { socket: bert } = await start(network, 'bert', {})
    await expect(start(network, 'second', { persistence })).rejects.toMatchObject({ code: 'PERSISTENCE_IN_USE' })
    await anna.flush()
    await leave(network, anna)
    const refusal = (options: Partial<SyncSocketOptions<string, string>>, name: string): Promise<unknown> =>
      expect(start(network, name, { persistence, ...options })).rejects.toMatchObject({ code: 'PERSISTENCE_MISMATCH' })
    await refusal({ subnet: 'another' }, 'x')
    await refusal({ leaseSeconds: 60 }, 'y')
    await refusal({ identity: identityFromSeed(new Uint8Array(32)) }, 'z')
    await bert.close()
  })

  test('an identity that was given is not kept with its secret: it is to be given again', async () => {
    const network = createNetwork(6)
    const persistence = new MemoryPersistence()
    const identity = identityFromSeed(new Uint8Array(32).fill(3))
    const { socket: anna } = await start(network, 'anna', { persistence, identity })
    await leave(network, anna)
    const { socket: again } = await start(network, 'anna-2', { persistence, identity })
    expect(again.id).toBe(identity.id)
    await leave(network, again)
    await expect(start(network, 'anna-3', { persistence })).rejects.toMatchObject({ code: 'PERSISTENCE_MISMATCH' })
  })

  test('writes of a turn are one batch, and a key that changes often is written once', async () => {
    const network = createNetwork(7)
    const persistence = new TestPersistence()
    const { socket } = await start(network, 'anna', { persistence })
    const before = persistence.batches
    for (let value = 0; value < 300; value += 1) socket.set(`key ${value % 3}`, String(value))
    await pass(network)
    expect(persistence.batches - before).toBe(1)
    expect(persistence.names.filter((name) => name.startsWith('\u0002'))).toEqual([
      '\u0002key 0',
      '\u0002key 1',
      '\u0002key 2',
    ])
    await socket.close()
  })

  test('what is forgotten is no longer kept either', async () => {
    const network = createNetwork(7)
    const persistence = new TestPersistence()
    const hour = 3_600_000
    const { socket } = await start(network, 'anna', {
      persistence,
      ...{ leaseSeconds: 60, leaseSecondsMax: 60 },
      storeLimits: { tombstoneRetentionMs: 2 * hour },
    })
    socket.set('stays', 'x').set('goes', 'x')
    socket.del('goes')
    await pass(network)
    const names = (): string[] => persistence.names.filter((name) => name.startsWith('\u0002'))
    expect(names()).toEqual(['\u0002goes', '\u0002stays'])
    network.simulation.runFor(5 * hour)
    await pass(network)
    expect(names()).toEqual(['\u0002stays'])
    await socket.close()
  })

  test('leases that ran out in an earlier life are not told of', async () => {
    const network = createNetwork(8)
    const persistence = new MemoryPersistence()
    const { socket } = await start(network, 'anna', { persistence, leaseSeconds: 5 })
    socket.set('key', 'value')
    await socket.close()
    network.simulation.runFor(60_000)
    const { socket: again } = await start(network, 'anna-2', { persistence, leaseSeconds: 5 })
    const told: unknown[] = []
    again.on('lease-expired', (expired) => told.push(expired))
    await pass(network, 5000)
    expect(told).toEqual([])
    expect(again.get('key')).toBe('value')
  })
})

const steps = scaled(4000, 10_000)

describe('the clock', () => {
  test(`${steps} steps of the wall clock, with crashes and clean restarts: no timestamp goes back`, async () => {
    const seed = 9
    const random = new Random(seed)
    const network = createNetwork(seed)
    const host = network.simulation.host('anna')
    let persistence = new TestPersistence()
    let wall = host.environment.now()
    const make = async (): Promise<SyncSocket<string, string>> => {
      const socket = new SyncSocket<string, string>({
        ...atHost(network, host),
        environment: { ...host.environment, now: () => wall },
        keyEncoding: 'utf8',
        valueEncoding: 'utf8',
        persistence,
      })
      await socket.ready
      return socket
    }
    /** That of the key; its lease may have run out by a leap. */
    const timestampOf = (of: SyncSocket<string, string>): number => {
      const now = wall
      wall = 0
      const timestamp = Number(of.lease('key')?.token.split('.')[0])
      wall = now
      return timestamp
    }
    let socket = await make()
    let [latest, regressions, crashes] = [0, 0, 0]
    for (let step = 0; step < steps; step += 1) {
      const crashesNow = random.chance(0.04)
      // Hours either way, also where the node crashes before it could write what it has given out.
      wall += random.integer(-1, 1) * random.integer(0, 10_000_000)
      wall = Math.max(wall, 1e12)
      socket.set('key', String(step))
      const timestamp = timestampOf(socket)
      expect(Number.isSafeInteger(timestamp)).toBe(true)
      if (timestamp <= latest) regressions += 1
      latest = timestamp
      if (crashesNow) {
        crashes += 1
        persistence = copyOf(persistence)
        socket = await make()
      } else if (random.chance(0.02)) {
        await socket.close()
        socket = await make()
      } else {
        network.simulation.runFor(25)
        await settled()
      }
    }
    expect(crashes).toBeGreaterThan(100)
    expect(regressions).toBe(0)
  })
})
