// What a program written for the reference does, row by row of what is known of its sockets. What differs is in docs/migration.md.
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { ArgumentError, base, KeyNotFoundError, mesh, sync } from '../src/index.ts'
import { run } from './program.test-helper.ts'
import { createDictionary, createNetwork, createSocket, listening, pass, port } from './simulated.test-helper.ts'

test('protocol: subnet, encryption and a hash of both', () => {
  const of = (subnet: string, encryption: base.Encryption) => new base.protocol(subnet, encryption)
  expect(of('cats', 'SSL')).toMatchObject({ subnet: 'cats', encryption: 'SSL' })
  expect(of('cats', 'SSL').id).toBe(of('cats', 'SSL').id)
  expect(of('cats', 'SSL').id).not.toBe(of('dogs', 'SSL').id)
  expect(of('cats', 'SSL').id).not.toBe(of('cats', 'Plaintext').id)
  expect(() => of('cats', 'TLS' as never)).toThrow(ArgumentError)
})

test('flags: the numbers of the reference', () => {
  const { broadcast, renegotiate, whisper, ping, pong } = base.flags
  expect([broadcast, renegotiate, whisper, ping, pong]).toEqual([0, 1, 2, 3, 4])
  const { handshake, notify, peers, request, resend, response, store, retrieve, retrieved, forward, delta } = base.flags
  expect([handshake, notify, peers, request, resend, response, store]).toEqual([5, 6, 7, 8, 9, 10, 11])
  expect([retrieve, retrieved, forward, delta]).toEqual([12, 13, 14, 17])
})

test('constructors: bound at once, with the address that was given; default subnets', async () => {
  for (const [make, subnet] of [
    [() => new mesh.mesh_socket('127.0.0.1', 0), 'mesh'],
    [() => new mesh.mesh_socket('127.0.0.1', 0, null, null), 'mesh'],
    [() => new sync.sync_socket('127.0.0.1', 0), 'sync'],
    [() => new sync.sync_socket('127.0.0.1', 0, true, null, null, 0), 'sync'],
  ] as const) {
    const sock = make()
    expect(sock.protocol).toMatchObject({ subnet, encryption: 'Plaintext' })
    expect(sock.addr).toEqual(['127.0.0.1', 0])
    await sock.ready
    expect(sock.addr).toEqual(['127.0.0.1', expect.any(Number)])
    expect(sock.addr[1]).toBeGreaterThan(0)
    expect(sock.out_addr).toEqual(sock.addr)
    await sock.close()
  }
})

test("'0.0.0.0' finds the address on the local network", () => {
  const external = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  const lines = run(`
    const { mesh } = require('js2p')
    const sock = new mesh.mesh_socket('0.0.0.0', 4444)
    console.log(sock.addr.join())
    sock.ready.then(() => { console.log(sock.addr[0], sock.out_addr[0]); sock.close() })
  `)
  const lan = external?.address ?? '127.0.0.1'
  expect(lines).toEqual([`${lan},4444`, `${lan} ${lan}`])
})

test('out_addr: the address that a node gives to others', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createSocket(network, 'anna', { outAddr: ['outside', 80] }), createSocket(network, 'bert')]
  await listening(network, anna, bert)
  await Promise.all([bert.connect('anna', port), pass(network, 500)])
  expect(anna.out_addr).toEqual(['outside', 80])
  expect(anna.addr).toEqual(['anna', port])
  expect(bert.routing_table.get(anna.id)?.addr).toEqual(['outside', 80])
})

test('connect: by one address to all nodes; an id as third argument does no harm', async () => {
  const network = createNetwork(1)
  const [anna, bert, cleo] = [
    createSocket(network, 'anna'),
    createSocket(network, 'bert'),
    createSocket(network, 'cleo'),
  ]
  await listening(network, anna, bert, cleo)
  void bert.connect(...anna.addr, anna.id)
  void cleo.connect(...anna.addr)
  await pass(network, 5000)
  for (const sock of [anna, bert, cleo]) {
    expect(sock.routing_table.size).toBe(2)
    expect(sock.status).toBe('Nominal')
  }
})

test("'connect' tells of the first link, and of the first after a return; 'message' of what no handler took", async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert')]
  const told: string[] = []
  anna.on('connect', (conn) => told.push(`connect ${conn === anna} ${conn.routing_table.size}`))
  anna.once('connect', () => told.push('once'))
  anna.on('message', (conn) => {
    const msg = conn.recv()
    if (msg) told.push(`${msg.type} ${msg.packets[1]?.toString()} ${msg.sender === bert.id}`)
  })
  anna.register_handler((msg) => msg.packets[1]?.toString() === 'taken' || undefined)
  await listening(network, anna, bert)
  await Promise.all([anna.connect('bert', port), pass(network, 500)])
  bert.send(['hello'])
  bert.send(['taken'])
  await pass(network, 500)
  bert.send(['hello'], 'whisper', 'my type')
  await pass(network, 500)
  const [connection] = bert.routing_table.values()
  if (connection) bert.disconnect(connection)
  await pass(network, 500)
  expect([anna.routing_table.size, bert.routing_table.size]).toEqual([0, 0])
  await Promise.all([bert.connect('anna', port), pass(network, 500)])
  expect(told).toEqual(['connect true 1', 'once', 'broadcast hello true', 'my type hello true', 'connect true 1'])
})

test('a message: packets, sender, time in seconds, id, type; reply() to a node that is no neighbor', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert', { isDialOnly: true })]
  const cleo = createSocket(network, 'cleo', { isDialOnly: true })
  await listening(network, anna, bert, cleo)
  await Promise.all([bert.connect('anna', port), cleo.connect('anna', port), pass(network, 500)])
  bert.send(['question'])
  await pass(network, 500)
  const msg = cleo.recv()
  expect(msg?.packets).toEqual([Buffer.from('broadcast'), Buffer.from('question')])
  expect([msg?.type, msg?.sender]).toEqual(['broadcast', bert.id])
  expect(Math.abs((msg?.time ?? 0) - network.simulation.now / 1000)).toBeLessThan(2)
  expect(msg?.id).toBeTypeOf('string')
  void msg?.reply(['answer'])
  await pass(network, 500)
  expect(bert.recv()?.packets.map(String)).toEqual(['whisper', 'answer'])
})

test("sync events: 'update' for one's own writes too, with owner and seconds; 'delete'", async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createDictionary(network, 'anna'), createDictionary(network, 'bert')]
  const told: string[] = []
  for (const [name, sock] of Object.entries({ anna, bert })) {
    sock.on('update', (conn, key, new_data, { owner, timestamp }) => {
      const isRecent = Math.abs(timestamp - network.simulation.now / 1000) < 2
      told.push(`${name} ${conn === sock} ${key.toString()} ${new_data.toString()} ${owner === anna.id} ${isRecent}`)
    })
    sock.on('delete', (conn, key) => told.push(`${name} ${conn === sock} ${key.toString()}`))
  }
  await listening(network, anna, bert)
  await Promise.all([bert.connect('anna', port), pass(network, 500)])
  anna.set('key', 'value')
  await pass(network, 500)
  anna.del('key')
  await pass(network, 500)
  expect(told).toEqual([
    ...['anna true key value true true', 'bert true key value true true'],
    ...['anna true key', 'bert true key'],
  ])
})

test('the habits of a dict of Python', () => {
  const sock = createDictionary(createNetwork(1), 'anna')
  sock.update({ one: 'eins', two: 'zwei' })
  expect([...sock].map(String)).toEqual(['one', 'two'])
  expect([sock.size, sock.has('one'), sock.has('three')]).toEqual([2, true, false])
  expect(String(sock.setdefault('one', 'uno'))).toBe('eins')
  expect(sock.copy()).toEqual(
    new Map([
      ['one', Buffer.from('eins')],
      ['two', Buffer.from('zwei')],
    ]),
  )
  expect(sock.popitem().map(String)).toEqual(['two', 'zwei'])
  expect(() => sock.pop('two')).toThrow(KeyNotFoundError)
  expect(sock.pop('two', 'nothing')).toBe('nothing')
  sock.clear()
  expect(sock.size).toBe(0)
  expect(() => sock.popitem()).toThrow(KeyNotFoundError)
})

test('a node that only dials, as in a browser', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert', { isDialOnly: true })]
  await listening(network, anna, bert)
  await Promise.all([bert.connect('anna', port), pass(network, 500)])
  expect([bert.routing_table.size, bert.outgoing.length, anna.outgoing.length]).toEqual([1, 1, 0])
})
