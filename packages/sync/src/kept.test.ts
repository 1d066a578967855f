import { Random } from '@ts2p/simulator'
import { describe, expect, test } from 'vitest'
import { deviceError, TestPersistence } from './keeper.test-helper.ts'
import { MemoryPersistence } from './memory-persistence.ts'
import { atHost, connect, contents, createNetwork, settled, startNode } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'
import { SyncSocket } from './sync-socket.ts'
import type { SyncSocketOptions } from './sync-options.ts'

type Network = ReturnType<typeof createNetwork>

/** A node that is kept: started, with all that it kept. */
async function start(
  network: Network,
  name: string,
  options: Partial<SyncSocketOptions<string, string>>,
): Promise<Node> {
  const started = startNode(network, name, options)
  // Whoever awaits it hears of it, once time has passed.
  started.catch(() => undefined)
  await pass(network)
  return started
}

/** A node leaves, which takes time for those that are linked. */
async function leave(network: Network, socket: SyncSocket<string, string>): Promise<void> {
  const closed = socket.close()
  await pass(network)
  await closed
}

/** Virtual time goes by, and promises settle. */
async function pass(network: Network, ms = 100): Promise<void> {
  for (let slice = 0; slice < 10; slice += 1) {
    network.simulation.runFor(ms / 10)
    await settled()
  }
}

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

    const { socket: again } = await start(network, 'anna-2', { persistence })
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
    socket.registerHandler(() => true)
    await socket.ready
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
    await expect(socket.flush()).rejects.toMatchObject({ code: 'NOT_KEPT' })
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
    const { identityFromKey } = await import('@ts2p/protocol')
    await refusal({ identity: identityFromKey(new Uint8Array(32)) }, 'z')
    await bert.close()
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

describe('the clock', () => {
  test('10,000 steps of the wall clock, with crashes and clean restarts: no stamp goes back', async () => {
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
    let socket = await make()
    let [latest, regressions, crashes] = [0, 0, 0]
    for (let step = 0; step < 10_000; step += 1) {
      const crashesNow = random.chance(0.04)
      // Hours either way; seconds, where the node crashes before it could write what it has given out.
      wall += random.integer(-1, 1) * random.integer(0, crashesNow ? 9_000 : 10_000_000)
      wall = Math.max(wall, 1e12)
      socket.set('key', String(step))
      // A stamp is never behind the wall clock, so that the lease is live.
      const stamp = Number(socket.lease('key')?.token.split('.')[0])
      expect(Number.isSafeInteger(stamp)).toBe(true)
      if (stamp <= latest) regressions += 1
      latest = stamp
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

describe('a disk that fails', () => {
  test('at 200 points: a typed error, memory stays right, nothing is called durable that is not, and it recovers', async () => {
    const network = createNetwork(10)
    for (let point = 0; point < 200; point += 1) {
      const persistence = new TestPersistence()
      const { socket } = await start(network, `anna-${point}`, { persistence })
      const code = point % 2 === 0 ? 'ENOSPC' : 'EIO'
      let [write, failing] = [0, true]
      const isDown = (): boolean => failing && write >= point % 20
      // Every third time the batch was written all the same, and only the word of it was lost.
      const when = point % 3 === 0 ? 'afterWrite' : 'beforeWrite'
      persistence[when] = () => {
        write += 1
        if (isDown()) throw deviceError(code)
      }
      const durable = new Map<string, string>()
      for (let round = 0; round < 25; round += 1) {
        const value = `${round}`
        socket.set(`key ${round % 7}`, value)
        const flushed = await socket.flush().then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'PERSISTENCE_FAILED' })
            return false
          },
        )
        if (flushed) durable.set(`key ${round % 7}`, value)
        expect(flushed).toBe(!isDown())
      }
      expect(socket.status).toEqual([expect.stringContaining(code)])
      expect(socket.get('key 3')).toBe('24')
      // What a restart would find now: everything that was called durable.
      const { socket: found } = await start(network, `found-${point}`, { persistence: copyOf(persistence) })
      for (const [key, value] of durable) expect(Number(found.get(key))).toBeGreaterThanOrEqual(Number(value))
      // The device works again: it is written without another call.
      failing = false
      await pass(network, 40_000)
      const { socket: later } = await start(network, `later-${point}`, { persistence: copyOf(persistence) })
      expect(contents(later)).toEqual(contents(socket))
      expect(socket.status).toEqual([expect.stringContaining('again')])
      await Promise.all([socket.close(), found.close(), later.close()])
    }
  }, 120_000)

  test('close says that the last changes were not kept, and closes', async () => {
    const network = createNetwork(11)
    const persistence = new TestPersistence()
    const { socket } = await start(network, 'anna', { persistence })
    persistence.beforeWrite = () => {
      throw deviceError('EIO')
    }
    socket.set('key', 'value')
    await expect(socket.close()).rejects.toMatchObject({ code: 'PERSISTENCE_FAILED' })
    expect(() => socket.set('key', 'value')).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })
})

describe('damage', () => {
  test('10,000 random bit flips, and every entry missing or old: each one is detected', async () => {
    const network = createNetwork(12)
    const persistence = new TestPersistence()
    const { socket } = await start(network, 'anna', { persistence })
    for (let key = 0; key < 20; key += 1) socket.set(`key ${key}`, `value ${key}`)
    await socket.flush()
    const old = persistence.entries
    for (let key = 0; key < 20; key += 1) socket.set(`key ${key}`, `later ${key}`)
    await socket.close()
    const whole = persistence.entries
    const host = network.simulation.host('again')
    const opens = async (entries: typeof whole): Promise<string> => {
      const damaged = new TestPersistence()
      damaged.entries = entries
      const again = new SyncSocket({ ...atHost(network, host), persistence: damaged })
      const outcome = await again.ready.then(
        () => 'opened',
        (error: unknown) => String((error as { code?: unknown }).code),
      )
      expect(damaged.batches > 0).toBe(outcome === 'opened')
      await again.close()
      return outcome
    }
    expect(await opens(whole)).toBe('opened')
    const random = new Random(12)
    for (let flip = 0; flip < 10_000; flip += 1) {
      const [at, isKey] = [Math.floor(random.float() * whole.length), random.float() < 0.2]
      const entries = whole.map((entry, index) => {
        if (index !== at) return entry
        const [key, value] = [Uint8Array.from(entry.key), Uint8Array.from(entry.value)]
        const bytes = isKey ? key : value
        const place = Math.floor(random.float() * bytes.length)
        bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random.float() * 8))
        return { key, value }
      })
      expect(await opens(entries), `flip ${flip}`).toBe('PERSISTENCE_CORRUPT')
    }
    for (const index of whole.keys()) {
      const [missing, older] = [
        whole.toSpliced(index, 1),
        whole.with(index, old[index] ?? { key: new Uint8Array(), value: new Uint8Array() }),
      ]
      expect(await opens(missing), `entry ${index} missing`).toBe('PERSISTENCE_CORRUPT')
      if (whole[index]?.key[0] !== 1) expect(await opens(older), `entry ${index} old`).toBe('PERSISTENCE_CORRUPT')
    }
  }, 120_000)
})

function copyOf(persistence: TestPersistence): TestPersistence {
  const copy = new TestPersistence()
  copy.entries = persistence.entries
  return copy
}
