import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { PersistenceInUseError } from '@ts2p/store'
import { copyOf, deviceError, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import { atHost, contents, createNetwork } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

const points = scaled(60, 200)
const flips = scaled(1000, 10_000)

describe('a disk that fails', () => {
  test(`at ${points} points: a typed error, memory stays right, nothing is called durable that is not, and it recovers`, async () => {
    const network = createNetwork(10)
    for (let point = 0; point < points; point += 1) {
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
      expect(socket.issues).toEqual([expect.objectContaining({ message: expect.stringContaining(code) })])
      expect(socket.get('key 3')).toBe('24')
      // What a restart would find now: everything that was called durable.
      const { socket: found } = await start(network, `found-${point}`, { persistence: copyOf(persistence) })
      for (const [key, value] of durable) expect(Number(found.get(key))).toBeGreaterThanOrEqual(Number(value))
      // The device works again: it is written without another call.
      failing = false
      await pass(network, 40_000)
      const { socket: later } = await start(network, `later-${point}`, { persistence: copyOf(persistence) })
      expect(contents(later)).toEqual(contents(socket))
      expect(socket.issues).toEqual([expect.objectContaining({ message: expect.stringContaining('again') })])
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

  test('flush() ends, whether it was called before a close that fails, during it, or after it', async () => {
    const network = createNetwork(13)
    const persistence = new TestPersistence()
    const { socket } = await start(network, 'anna', { persistence })
    persistence.beforeWrite = () => {
      throw deviceError('EIO')
    }
    socket.set('key', 'value')
    const outcome = (promise: Promise<void>): Promise<unknown> =>
      promise.then(
        () => 'done',
        (error: unknown) => (error as { code?: unknown }).code,
      )
    const before = outcome(socket.flush())
    const close = outcome(socket.close())
    const during = outcome(socket.flush())
    expect([await before, await close, await during]).toEqual(['PERSISTENCE_FAILED', 'PERSISTENCE_FAILED', 'CLOSED'])
    expect([await outcome(socket.flush()), await outcome(socket.close())]).toEqual(['CLOSED', 'PERSISTENCE_FAILED'])
  })

  test('a batch that is on the disk though it was reported as failed, of a key that is forgotten before the retry: no damage', async () => {
    const network = createNetwork(14)
    const persistence = new TestPersistence()
    const hour = 3_600_000
    const options = {
      persistence,
      leaseSeconds: 60,
      leaseSecondsMax: 60,
      storeLimits: { tombstoneRetentionMs: 2 * hour },
    }
    const { socket } = await start(network, 'anna', options)
    socket.set('stays', 'x')
    await socket.flush()
    const fail = (): void => {
      throw deviceError('EIO')
    }
    // The batch is written, and the device says otherwise; then it is out of order for hours.
    persistence.afterWrite = fail
    socket.set('goes', 'x')
    socket.del('goes')
    await pass(network)
    expect(persistence.names).toContain('\u0002goes')
    persistence.beforeWrite = fail
    await pass(network, 5 * hour)
    persistence.beforeWrite = () => undefined
    persistence.afterWrite = () => undefined
    await pass(network, 40_000)
    const { socket: again } = await start(network, 'again', { ...options, persistence: copyOf(persistence) })
    await again.ready
    expect(contents(again)).toEqual([['stays', 'x']])
    expect(persistence.names).not.toContain('\u0002goes')
  })

  test('a page that took the place over is named as such by flush', async () => {
    const network = createNetwork(15)
    const persistence = new TestPersistence()
    const { socket } = await start(network, 'anna', { persistence })
    persistence.beforeWrite = () => {
      throw new PersistenceInUseError({ place: 'the test' })
    }
    socket.set('key', 'value')
    await expect(socket.flush()).rejects.toMatchObject({ code: 'PERSISTENCE_IN_USE' })
    expect(socket.issues).toEqual([expect.objectContaining({ message: expect.stringContaining('Another node has') })])
  })
})

describe('damage', () => {
  test(`${flips} random bit flips, and every entry missing or old: each one is detected`, async () => {
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
    for (let flip = 0; flip < flips; flip += 1) {
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
      // What is kept under a name has not changed.
      const isSame = whole[index]?.key[0] === 1
      expect(await opens(older), `entry ${index} old`).toBe(isSame ? 'opened' : 'PERSISTENCE_CORRUPT')
    }
  }, 120_000)
})
