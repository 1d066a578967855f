import { identityFromSeed } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import { Store } from '@ts2p/store'
import { expect, test } from 'vitest'
import { connect, createNetwork, startNode } from './network.test-helper.ts'
import { leave, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import { releaseLeases } from '../src/release-leases.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'
import type { SyncSocket } from '../src/sync-socket.ts'

type Socket = SyncSocket<string, string>
type Network = ReturnType<typeof createNetwork>

/** A node that is linked with bert, and has set a key. */
async function startAnna(
  network: Network,
  { name = 'anna', ...options }: Partial<SyncSocketOptions<string, string>> & { name?: string } = {},
): Promise<Socket> {
  const { socket: anna } = await startNode(network, name, options)
  await connect(network, anna, 'bert')
  anna.set('config', name)
  await pass(network)
  return anna
}

/** What a node knows of the lease of the key. */
function holderAt(socket: Socket): string | undefined {
  return socket.lease('config')?.owner
}

test('the same program, run twice in a row, is not refused by the leases of its first run', async () => {
  const network = createNetwork(1)
  const { socket: bert } = await startNode(network, 'bert')
  for (const name of ['first-run', 'second-run']) {
    const anna = await startAnna(network, { name })
    expect(holderAt(bert)).toBe(anna.id)
    await leave(network, anna)
    expect([bert.get('config'), holderAt(bert), holderAt(anna), anna.issues]).toEqual([name, undefined, undefined, []])
  }
  bert.set('config', 'of bert')
})

test('a kept identity keeps its leases: one that the application gives, and one that a persistence holds', async () => {
  const network = createNetwork(2)
  const { socket: bert } = await startNode(network, 'bert')
  const given = await startAnna(network, { identity: identityFromSeed(new Uint8Array(32).fill(7), quickSignatures) })
  await leave(network, given)
  expect(holderAt(bert)).toBe(given.id)
  const persistence = new TestPersistence()
  const { socket: persisted } = await start(network, 'carl', { persistence })
  await connect(network, persisted, 'bert')
  persisted.set('other', 'of carl')
  await leave(network, persisted)
  expect(bert.lease('other')?.owner).toBe(persisted.id)
})

test.each([
  { release: true, owner: 'nobody' },
  { release: false, owner: 'anna' },
])('close({ release: $release }) of either kind of node: the key is of $owner', async ({ release, owner }) => {
  const network = createNetwork(3)
  const { socket: bert } = await startNode(network, 'bert')
  const options = [{}, { identity: identityFromSeed(new Uint8Array(32).fill(7), quickSignatures) }]
  for (const [index, each] of options.entries()) {
    const anna = await startAnna(network, { name: `anna-${index}`, ...each })
    const closed = anna.close({ release })
    await pass(network)
    await closed
    expect(holderAt(bert)).toBe(owner === 'anna' ? anna.id : undefined)
    // The next one may write it.
    await pass(network, 4_000_000)
  }
})

test('with a persistence close({ release: true }) releases, also after a restart', async () => {
  const network = createNetwork(4)
  const { socket: bert } = await startNode(network, 'bert')
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  await connect(network, anna, 'bert')
  anna.set('config', 'of anna')
  const closed = anna.close({ release: true })
  await pass(network)
  await closed
  expect([bert.get('config'), holderAt(bert)]).toEqual(['of anna', undefined])
  const { socket: again } = await start(network, 'anna-again', { persistence })
  expect([again.get('config'), holderAt(again)]).toEqual(['of anna', undefined])
  await leave(network, again)
})

test('5,000 leases are released by a few messages, at the others too, within the time of a close', async () => {
  const network = createNetwork(5)
  const { socket: bert } = await startNode(network, 'bert')
  const anna = await startAnna(network)
  anna.update(Array.from({ length: 5000 }, (_, index) => [`key ${index}`, `value ${index}`] as const))
  await pass(network, 1000)
  const held = (): number => [...bert.keys()].filter((key) => bert.lease(key) !== undefined).length
  expect([bert.size, held()]).toEqual([5001, 5001])
  const before = anna.metrics()
  const closed = anna.close()
  await pass(network, 5000)
  await closed
  const after = anna.metrics()
  expect([bert.size, held(), anna.issues]).toEqual([5001, 0, []])
  expect(after.messagesSent - before.messagesSent).toBeLessThanOrEqual(2)
  // Key, value, and at most 150 bytes of record and signature for each.
  expect(after.bytesSent - before.bytesSent).toBeLessThan(5000 * 175)
})

test('a neighbor that reads nothing does not hold up a close: what it did not get is an issue', async () => {
  const network = createNetwork(6)
  const { host, socket: bert } = await startNode(network, 'bert')
  const anna = await startAnna(network)
  await pass(network, 5000)
  network.stall(host, true)
  anna.update(Array.from({ length: 500 }, (_, index) => [`key ${index}`, 'v'.repeat(20_000)] as const))
  const closed = anna.close()
  for (let slice = 0; slice < 3; slice += 1) await pass(network, 5000)
  await closed
  expect(anna.issues.map(({ code }) => code)).toEqual(['close-incomplete'])
  expect(holderAt(bert)).toBe(anna.id)
})

test('without a neighbor a close is done at once; who knows of the leases is not told, and that is an issue', async () => {
  const network = createNetwork(7)
  const { socket: alone } = await startNode(network, 'alone')
  alone.set('config', 'of alone')
  await alone.close()
  // Nobody knows of its lease.
  expect([holderAt(alone), alone.issues]).toEqual([undefined, []])
  const { host, socket: bert } = await startNode(network, 'bert')
  const anna = await startAnna(network)
  network.crash(host)
  await pass(network, 100_000)
  expect(anna.routingTable).toBeUndefined()
  await anna.close()
  const issue: unknown = expect.objectContaining({ code: 'leases-not-released' })
  expect(anna.issues).toContainEqual(issue)
  expect(holderAt(bert)).toBe(anna.id)
})

test('without leases there is nothing to release; a wrong option closes nothing', async () => {
  const network = createNetwork(8)
  const { socket: bert } = await startNode(network, 'bert', { leasing: false })
  const anna = await startAnna(network, { leasing: false })
  // @ts-expect-error
  expect(() => anna.close({ release: 'yes' })).toThrow(expect.objectContaining({ argument: 'release' }))
  expect(anna.isClosed).toBe(false)
  const sent = anna.metrics().messagesSent
  await leave(network, anna)
  expect([anna.metrics().messagesSent, bert.get('config')]).toEqual([sent, 'anna'])
})

test('leases of others and leases that have ended stay as they are; a release that is refused does not stop the others', () => {
  const [owner, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte))
  if (!owner || !other) throw new Error('two owners')
  const [store, foreign] = [new Store({ owner }), new Store({ owner: other })]
  const now = 1_700_000_000_000
  const change = foreign.set('of another', 'value', now)
  for (const record of change.latestRecords) store.apply(record, now)
  store.set('ended', 'value', now, { leaseSeconds: 1 })
  for (const key of ['one', 'two']) store.set(key, 'value', now)
  const later = now + 10_000
  const released = releaseLeases(store, later)
  expect([released.changes.map(({ key }) => key), released.failures]).toEqual([['one', 'two'], []])
  expect(store.lease('of another')?.owner).toBe(foreign.id)
  expect(releaseLeases(store, later).changes).toEqual([])
  // No timestamp may be given out anymore.
  store.set('three', 'value', later)
  store.clock.reserve(store.clock.latest)
  const refused = releaseLeases(store, later)
  expect([refused.changes, refused.failures.length]).toEqual([[], 1])
})

test('an ephemeral key is deleted: its value lives only as long as its lease', () => {
  const owner = new Uint8Array(32).fill(1)
  const now = 1_700_000_000_000
  const [record] = new Store({ owner }).set('session', 'value', now).latestRecords
  if (!record) throw new Error('one record')
  const store = new Store({ owner })
  store.restore({ ...record, ephemeral: true })
  expect(store.has('session')).toBe(true)
  const { changes, failures } = releaseLeases(store, now + 1000)
  expect([changes.map(({ effect }) => effect), failures, store.has('session')]).toEqual([['delete'], [], false])
})
