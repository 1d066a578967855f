import { expect, test } from 'vitest'
import { atHost, connect, createNetwork, startNetwork } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

/** Names that mean something to JavaScript, to JSON, to shells or to those who print them. */
const hostileNames = [
  `__proto__ constructor prototype hasOwnProperty isPrototypeOf propertyIsEnumerable toString toLocaleString valueOf
  __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ then catch length name size get set has delete
  clear keys values entries forEach toJSON inspect arguments caller callee apply call bind undefined null true false NaN
  0 -1 -0 1e3 ../.. %00 $x`.split(/\s+/),
  ' |\0|\n|\u202e|\ufeff|🦀'.split('|'),
].flat()

test('every hostile name is a key like any other, as value and field too, here and on another node', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  for (const name of hostileNames) {
    expect(a.has(name), name).toBe(false)
    expect(a.get(name), name).toBeUndefined()
    a.set(name, name)
  }
  network.simulation.runFor(2000)
  expect(hostileNames.length).toBeGreaterThan(50)
  expect([...b.keys()].toSorted()).toEqual([...hostileNames].toSorted())
  for (const name of hostileNames) {
    expect(b.get(name), name).toBe(name)
    expect(b.lease(name)?.owner, name).toBe(a.id)
    expect(a.del(name), name).toBe(true)
  }
  network.simulation.runFor(2000)
  expect(b.size).toBe(0)
  expect(a.update(new Map(hostileNames.map((name) => [name, 'again'] as const))).size).toBe(hostileNames.length)
})

test('hostile names are fields like any other', async () => {
  const network = createNetwork(1)
  const start = async (name: string): Promise<SyncSocket<string, Record<string, number>>> => {
    const options = { keyEncoding: 'utf8', valueEncoding: 'json', leasing: false } as const
    const socket = new SyncSocket<string, Record<string, number>>({
      ...atHost(network, network.simulation.host(name)),
      ...options,
    })
    await socket.listen()
    return socket
  }
  const [a, b] = [await start('a'), await start('b')]
  await connect(network, b, 'a')
  for (const name of hostileNames) a.applyDelta('key', Object.fromEntries([[name, 1]]))
  network.simulation.runFor(2000)
  expect(Object.keys(b.get('key') ?? {}).toSorted()).toEqual([...hostileNames].toSorted())
})
