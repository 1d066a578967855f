import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { DecodingError } from '../src/errors.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import { atHost, connect, createNetwork, outcomeOf, settled } from './network.test-helper.ts'

interface Pair {
  readonly network: SimulatedNetwork
  /** Has bytes as keys and values. */
  readonly bytes: SyncSocket
  /** Has texts as keys, and JSON as values. */
  readonly texts: SyncSocket<string, unknown>
}

/** Two linked nodes. The first has written what the second cannot read, and one entry that it can. */
async function startPair(options: { leaseSeconds?: number } = {}): Promise<Pair> {
  const network = createNetwork(1)
  const [bytes, texts] = [
    new SyncSocket({ ...atHost(network, network.simulation.host('bytes')), ...options }),
    new SyncSocket<string, unknown>({
      ...atHost(network, network.simulation.host('texts')),
      ...{ keyEncoding: 'utf8', valueEncoding: 'json', ...options },
    }),
  ]
  await bytes.listen()
  await texts.listen()
  await connect(network, texts, 'bytes')
  return { network, bytes, texts }
}

function write({ network, bytes }: Pair): void {
  bytes.set('good', '1').set('no json', '{').set(unreadableKey, '2')
  network.simulation.runFor(1000)
}

const unreadableKey = new Uint8Array([0xff, 0x01])

test('get throws an error that names key, owner and remedy, and nothing else suffers', async () => {
  const pair = await startPair()
  const { bytes, texts } = pair
  write(pair)
  const read = (): unknown => texts.get('no json')
  expect(read).toThrow(DecodingError)
  expect(read).toThrow(
    `The value of the key "no json" is not json: node ${bytes.id} with another encoding wrote it. ` +
      'Use the same encodings on every node, or overwrite or delete the key.',
  )
  expect(read).toThrow(
    expect.objectContaining({
      ...{ code: 'DECODING', encoding: 'json', key: 'no json', owner: bytes.id },
      keyBytes: new TextEncoder().encode('no json'),
    }),
  )
  expect([texts.get('good'), texts.has('no json'), texts.size]).toEqual([1, true, 3])
  expect(texts.routingTable?.size).toBe(1)
})

test('iterations leave out what cannot be read, and count it among the issues', async () => {
  const pair = await startPair()
  const { texts } = pair
  write(pair)
  expect(texts.issues).toEqual([])
  expect([...texts.keys()]).toEqual(['good', 'no json'])
  expect([...texts.items()]).toEqual([['good', 1]])
  expect([...texts]).toEqual([['good', 1]])
  expect([...texts.values()]).toEqual([1])
  expect(texts.copy()).toEqual(new Map([['good', 1]]))
  expect(texts.issues).toEqual([
    expect.objectContaining({
      code: 'undecodable',
      // The key once by keys(), and both entries by each of the others.
      count: 9,
      message: expect.stringMatching(/^The key 0xff01 is not utf8: node .* or delete it by delBytes\(keyBytes\)\./),
    }),
  ])
})

test('popitem takes the last entry that can be read', async () => {
  const pair = await startPair({ leaseSeconds: 1 })
  write(pair)
  const { network, bytes, texts } = pair
  network.simulation.runFor(3000)
  expect(texts.popitem()).toEqual(['good', 1])
  expect(() => texts.popitem()).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }))
  network.simulation.runFor(1000)
  expect([texts.size, bytes.size, bytes.has('good')]).toEqual([2, 2, false])
})

test('an event reports it with key, owner and time; the listeners of changes and the watches do not hear of it', async () => {
  const pair = await startPair()
  const { network, bytes, texts } = pair
  const heard: unknown[] = []
  const changes: string[] = []
  texts.on('undecodable', (entry) => heard.push(entry))
  texts.on('change', ({ type, key }) => changes.push(`${type} ${key}`))
  const watch = texts.watch()
  const at = Math.floor(network.simulation.now / 1000) * 1000
  write(pair)
  const error: unknown = expect.any(DecodingError)
  const written = { owner: bytes.id, at, error }
  expect(heard).toEqual([
    { ...written, key: 'no json', keyBytes: new TextEncoder().encode('no json') },
    { ...written, key: undefined, keyBytes: unreadableKey },
  ])
  expect(changes).toEqual(['set good'])
  expect(texts.issues).toEqual([expect.objectContaining({ code: 'undecodable', count: 2 })])
  // That a key with a name is gone is told; nobody knew the other.
  bytes.del(unreadableKey)
  bytes.del('no json')
  network.simulation.runFor(1000)
  expect(changes).toEqual(['set good', 'delete no json'])
  expect(await watch.next()).toMatchObject({ value: { type: 'set', key: 'good' } })
  expect(await watch.next()).toMatchObject({ value: { type: 'delete', key: 'no json' } })
  const next = outcomeOf(watch.next())
  await settled()
  expect([next.value, heard.length]).toEqual([undefined, 2])
})

test('nobody who may write the key needs to read it: it is overwritten, and deleted by its name or its bytes', async () => {
  const pair = await startPair({ leaseSeconds: 1 })
  write(pair)
  const { network, bytes, texts } = pair
  for (const attempt of [() => texts.set('no json', 1), () => texts.delBytes(unreadableKey)]) {
    expect(attempt).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
  }
  network.simulation.runFor(3000)
  expect(texts.set('no json', 'text').get('no json')).toBe('text')
  expect(texts.delBytes(unreadableKey)).toBe(true)
  expect(texts.delBytes(unreadableKey)).toBe(false)
  network.simulation.runFor(1000)
  expect([...bytes.keys()].map(String)).toEqual(['good', 'no json'].map((key) => String(new TextEncoder().encode(key))))
  bytes.set('again no json', '{')
  network.simulation.runFor(5000)
  expect(texts.del('again no json')).toBe(true)
  expect([...texts.keys()]).toEqual(['good', 'no json'])
})

test('clear deletes what cannot be read', async () => {
  const pair = await startPair({ leaseSeconds: 1 })
  write(pair)
  const { network, bytes, texts } = pair
  network.simulation.runFor(3000)
  texts.clear()
  network.simulation.runFor(1000)
  expect([texts.size, bytes.size]).toEqual([0, 0])
})
