import { systemEnvironment } from '@ts2p/base'
import { encodeRecords, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import type { WireBatch } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { batchOf, dial, neighborMessage, ownedKey, startLiar, storeMessage, wireRecord } from './liar.test-helper.ts'
import {
  atHost,
  connect,
  contents,
  createSigningNetwork,
  outcomeOf,
  port,
  settled,
  startNetwork,
  startNode,
} from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

const victim = identityFromSeed(new Uint8Array(32).fill(7), systemEnvironment().ed25519)

const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, index) => (index === bit >>> 3 ? byte ^ (1 << (bit & 7)) : byte))

/** A batch with one thing changed, in every way that there is: nobody but the owner could sign it so. */
function mutantsOf({ owner, records, proof }: WireBatch): WireBatch[] {
  const [record, ...others] = records
  const signature = proof?.signature
  if (!record || !proof || !signature) throw new Error('There is nothing to change.')
  const changed = [
    { ...record, timestamp: record.timestamp + 1 },
    { ...record, acquired: record.acquired - 1 },
    { ...record, pruneWatermark: 1 },
    { ...record, released: true, value: new Uint8Array(0) },
    { ...record, key: Uint8Array.of(...record.key, 33) },
    { ...record, value: Uint8Array.of(...record.value, 33) },
  ]
  const bitsOf = (bytes: Uint8Array): number[] => Array.from({ length: bytes.length * 8 }, (_, bit) => bit)
  return [
    ...changed.map((other) => ({ owner, records: [other, ...others], proof })),
    { owner, records, proof: undefined },
    { owner, records, proof: { ...proof, size: proof.size + 1 } },
    { owner, records, proof: { ...proof, path: new Uint8Array(proof.path.length + 32) } },
    { owner, records, proof: { ...proof, indices: proof.indices.map((index) => index + 1) } },
    ...bitsOf(owner).map((bit) => ({ owner: flipped(owner, bit), records, proof })),
    ...bitsOf(signature).map((bit) => ({
      owner,
      records,
      proof: { ...proof, signature: flipped(signature, bit) },
    })),
    ...bitsOf(proof.path).map((bit) => ({ owner, records, proof: { ...proof, path: flipped(proof.path, bit) } })),
  ]
}

describe('forged records', () => {
  test('whatever is changed in what an owner signed, nobody takes it in or passes it on', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'], { limits: { forgeriesMax: 100_000 } })
    const { identity, socket, connection: first } = await startLiar(network, 'a')
    let connection = first
    const records = ['one', 'two', 'three', 'four'].map((key) => wireRecord(key, network.simulation.now))
    let sequence = 0
    const mutants = [[0, 1, 2, 3], [1], [0, 3]].flatMap((keep) =>
      mutantsOf(batchOf(victim, records, { signer: victim, keep })),
    )
    for (const mutant of mutants) {
      // What cannot be a batch at all has closed the link.
      if (!connection.isEstablished) connection = await dial(network, socket, 'a')
      connection.send(storeMessage(identity, [mutant], ++sequence))
      connection.send(neighborMessage('records', encodeRecords([mutant])))
      network.simulation.runFor(10)
    }
    network.simulation.runFor(5000)
    expect(mutants.length).toBeGreaterThan(3000)
    expect([contents(a), contents(b)]).toEqual([[], []])
    // What the mutants were made of is good.
    connection.send(storeMessage(identity, [batchOf(victim, records, { signer: victim })], ++sequence))
    network.simulation.runFor(1000)
    expect([a.size, b.size]).toEqual([4, 4])
  })

  test('records signed for another network are forged in this one', async () => {
    const network = createSigningNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    const { identity, connection } = await startLiar(network, 'a')
    const record = wireRecord('key', network.simulation.now)
    connection.send(
      storeMessage(identity, [batchOf(victim, [record], { signer: victim, network: new Uint8Array(32) })]),
    )
    network.simulation.runFor(1000)
    expect(a.size).toBe(0)
    expect(a.issues).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('records that their owner did not sign') }),
    )
  })

  test('a signature that was good beside one root is not believed beside another', async () => {
    const network = createSigningNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    const { identity, connection } = await startLiar(network, 'a')
    const [one, two, three] = ['one', 'two', 'three'].map((key) => wireRecord(key, network.simulation.now))
    if (!one || !two || !three) throw new Error('There are three.')
    const good = batchOf(victim, [one, two], { signer: victim })
    connection.send(storeMessage(identity, [good], 1))
    connection.send(storeMessage(identity, [{ ...good, records: [one, three] }], 2))
    network.simulation.runFor(1000)
    expect([...a.keys()].toSorted()).toEqual(['one', 'two'])
  })

  test('what is good in a message of which a part is forged is taken in, and passed on', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    const { identity, connection } = await startLiar(network, 'a')
    const [good, bad] = ['good', 'bad'].map((key) => wireRecord(key, network.simulation.now))
    if (!good || !bad) throw new Error('There are two.')
    const batches = [batchOf(victim, [bad], { signer: identity }), batchOf(victim, [good], { signer: victim })]
    connection.send(storeMessage(identity, batches))
    network.simulation.runFor(1000)
    expect([[...a.keys()], [...b.keys()]]).toEqual([['good'], ['good']])
  })

  test('one that is ahead of the clock is verified before it waits', async () => {
    const network = createSigningNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    const { identity, connection } = await startLiar(network, 'a')
    const soon = wireRecord('soon', network.simulation.now + 40_000)
    connection.send(storeMessage(identity, [batchOf(victim, [soon], { signer: identity })]))
    network.simulation.runFor(60_000)
    expect(a.size).toBe(0)
  })

  test('who has forged three times is not linked again for ten minutes, unless it is asked for', async () => {
    const network = createSigningNetwork(1)
    await startNetwork(network, ['a'])
    const { identity, connection, socket } = await startLiar(network, 'a')
    for (let sequence = 1; sequence <= 3; sequence++) {
      const record = wireRecord('key', network.simulation.now)
      connection.send(storeMessage(identity, [batchOf(victim, [record], { signer: identity })], sequence))
      network.simulation.runFor(100)
    }
    expect(connection.isEstablished).toBe(false)
    await expect(dial(network, socket, 'a')).rejects.toMatchObject({ code: 'REFUSED_NOT_ALLOWED' })
    network.simulation.runFor(590_000)
    await expect(dial(network, socket, 'a')).rejects.toMatchObject({ code: 'REFUSED_NOT_ALLOWED' })
    network.simulation.runFor(10_000)
    expect((await dial(network, socket, 'a')).isEstablished).toBe(true)
  })
})

/** A node that counts the signatures that it verifies. */
async function startCounting(
  network: SimulatedNetwork,
  name: string,
): Promise<{ socket: SyncSocket<string, string>; verifications: () => number }> {
  let verifications = 0
  const host = network.simulation.host(name)
  const { environment } = host
  const scheme = environment.ed25519 ?? portableEd25519
  const ed25519 = {
    ...scheme,
    verify: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => {
      verifications += 1
      return scheme.verify(signature, message, key)
    },
  }
  const socket = new SyncSocket<string, string>({
    ...atHost(network, host),
    environment: { ...environment, ed25519 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
  await socket.listen()
  return { socket, verifications: () => verifications }
}

describe('signed records', () => {
  test('records that are known already cost no signature work, however often they come', async () => {
    const network = createSigningNetwork(1)
    const { socket: a, verifications } = await startCounting(network, 'a')
    const { identity, connection } = await startLiar(network, 'a')
    const records = Array.from({ length: 100 }, (_, index) => wireRecord(`key ${index}`, network.simulation.now))
    const batch = batchOf(victim, records, { signer: victim })
    connection.send(storeMessage(identity, [batch]))
    network.simulation.runFor(1000)
    const before = verifications()
    const broadcasts = scaled(300, 1000)
    for (let sequence = 2; sequence < 2 + broadcasts; sequence++)
      connection.send(storeMessage(identity, [batch], sequence))
    network.simulation.runFor(60_000)
    // Only that of each broadcast.
    expect([a.size, verifications() - before]).toEqual([100, broadcasts])
  })

  test('what is written in one turn takes one signature, and one verification', async () => {
    const network = createSigningNetwork(1)
    const { socket: a, verifications } = await startCounting(network, 'a')
    const { socket: b } = await startNode(network, 'b')
    await connect(network, b, 'a')
    const before = verifications()
    for (let index = 0; index < 1000; index++) b.set(`key ${index}`, 'of b')
    for (let times = 0; times < 3; times++) b.set('key 0', `${times}`)
    network.simulation.runFor(1000)
    expect([a.size, a.get('key 0'), verifications() - before]).toEqual([1000, '2', 1])
  })

  test('a batch of which parts were lost on the way, replaced and passed on proves what is left of it', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    a.update(Array.from({ length: 2000 }, (_, index) => [`key ${index}`, 'first'] as const))
    network.simulation.runFor(1000)
    for (let index = 0; index < 2000; index++) if (index % 7 !== 0) a.set(`key ${index}`, 'second')
    for (let index = 0; index < 2000; index += 11) a.del(`key ${index}`)
    network.simulation.runFor(1000)
    const { c } = await startNetwork(network, ['c'])
    const joined = c.connect('b', port)
    network.simulation.runFor(5000)
    await joined
    expect(contents(c)).toEqual(contents(a))
    expect([a.issues, b.issues, c.issues]).toEqual([[], [], []])
  })

  test('networks of signed and of unsigned records are two, and say so', async () => {
    const network = createSigningNetwork(1)
    await startNetwork(network, ['a'])
    const { socket } = await startNode(network, 'b', { signing: false })
    const refused = outcomeOf(socket.connect('a', port))
    network.simulation.runFor(3000)
    await settled()
    expect(String(refused.error)).toContain('mesh.signing is off here and on there')
  })

  test('without signing a network works as with it, and whoever sends a signature is refused', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'], { signing: false })
    a.set('key', 'value')
    network.simulation.runFor(1000)
    expect(b.get('key')).toBe('value')
    const liar = await startLiar(network, 'a', { isSigned: false })
    const record = wireRecord('key 2', network.simulation.now)
    liar.connection.send(storeMessage(liar.identity, [batchOf(liar.identity, [record], { signer: liar.identity })]))
    network.simulation.runFor(1000)
    expect(a.routingTable?.has(liar.identity.id)).toBe(false)
    expect([a.size, b.size]).toEqual([1, 1])
  })
})

describe('owned keys', () => {
  test('only the node whose id it begins with may write a key', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    a.set(`~${a.id}/status`, 'up')
    network.simulation.runFor(1000)
    expect(b.get(`~${a.id}/status`)).toBe('up')
    for (const write of [() => b.set(`~${a.id}/status`, 'down'), () => b.update([[`~${a.id}/other`, 'x']])]) {
      expect(write).toThrow(expect.objectContaining({ code: 'OWNED_KEY', owner: a.id }))
    }
    expect(() => b.del(`~${a.id}/status`)).toThrow(expect.objectContaining({ code: 'OWNED_KEY' }))
    expect(b.set('~no id/status', 'anyone').get('~no id/status')).toBe('anyone')
    network.simulation.runFor(10_000)
    expect([a.get(`~${a.id}/status`), a.get('~no id/status')]).toEqual(['up', 'anyone'])
  })

  test('a record of an owned key by another is refused wherever it comes, with its bearer', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    const { identity, connection } = await startLiar(network, 'a')
    const record = wireRecord(ownedKey(b, 'status'), network.simulation.now)
    connection.send(storeMessage(identity, [batchOf(identity, [record], { signer: identity })]))
    network.simulation.runFor(1000)
    expect([a.size, b.size]).toEqual([0, 0])
    expect(a.routingTable?.has(identity.id)).toBe(false)
  })

  test('what a dead node leaves is deleted by another a minute after its lease, and clear passes over the keys of nodes that live', async () => {
    const network = createSigningNetwork(1)
    const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'], { leaseSeconds: 10 })
    const [dead, live] = [`~${a.id}/status`, `~${c.id}/status`]
    a.set(dead, 'up')
    c.set(live, 'up')
    network.simulation.runFor(1000)
    void a.close()
    network.simulation.runFor(11_000)
    c.set(live, 'up still')
    expect(() => b.del(dead)).toThrow(expect.objectContaining({ code: 'OWNED_KEY', owner: a.id }))
    expect(b.clear()).toBe(2)
    network.simulation.runFor(60_000)
    b.set('key', 'anyone')
    expect(b.clear()).toBe(1)
    network.simulation.runFor(1000)
    for (const socket of [b, c]) expect([...socket.items()]).toEqual([[live, 'up still']])
  })
})
