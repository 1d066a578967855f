import { expect, test } from 'vitest'
import { ArgumentError, base, mesh } from '../src/index.ts'
import { createNetwork, createSocket, listening, pass, port } from './simulated.test-helper.ts'

/** cleo – anna – bert: anna has dialed bert, and cleo anna. */
async function startChain() {
  const network = createNetwork(1)
  const anna = createSocket(network, 'anna')
  const bert = createSocket(network, 'bert')
  const cleo = createSocket(network, 'cleo', { isDialOnly: true })
  await listening(network, anna, bert, cleo)
  await Promise.all([anna.connect('bert', port), pass(network, 500)])
  await Promise.all([cleo.connect('anna', port), pass(network, 500)])
  return { network, anna, bert, cleo }
}

test('routing_table is one Map, empty without links, that follows the links', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert')]
  const table = anna.routing_table
  expect(table).toBeInstanceOf(Map)
  expect(table.size).toBe(0)
  anna.once('connect', () => expect(table.size).toBe(1))
  await Promise.all([anna.connect('bert', port), pass(network, 500)])
  expect([...table.keys()]).toEqual([bert.id])
  expect(anna.routing_table).toBe(table)
  await Promise.all([bert.close(), pass(network, 500)])
  expect(table.size).toBe(0)
})

test('a connection has the id and the address of the other node, and says who dialed', async () => {
  const { anna, bert, cleo } = await startChain()
  const toBert = anna.routing_table.get(bert.id)
  const toCleo = anna.routing_table.get(cleo.id)
  expect([toBert?.id, toBert?.addr, toBert?.outgoing]).toEqual([bert.id, ['bert', port], true])
  expect([toCleo?.id, toCleo?.addr, toCleo?.outgoing]).toEqual([cleo.id, null, false])
  expect(anna.outgoing).toEqual([toBert])
})

test('a handler gets the connection that brought the message, and answers by it', async () => {
  const network = createNetwork(1)
  const anna = createSocket(network, 'anna')
  // Two nodes that only dial are never linked with each other: anna brings cleo's message to bert.
  const bert = createSocket(network, 'bert', { isDialOnly: true })
  const cleo = createSocket(network, 'cleo', { isDialOnly: true })
  await listening(network, anna, bert, cleo)
  await Promise.all([bert.connect('anna', port), cleo.connect('anna', port), pass(network, 500)])
  bert.register_handler((msg, handler) => {
    if (msg.packets[1]?.toString() !== 'test') return undefined
    expect(handler).toBeInstanceOf(mesh.mesh_connection)
    expect(handler).toBe(bert.routing_table.get(anna.id))
    void handler.send(base.flags.whisper, [base.flags.whisper, 'success'])
    return true
  })
  cleo.send(['test'])
  await pass(network, 500)
  expect(bert.recv()).toBeUndefined()
  expect(cleo.recv()).toBeUndefined()
  expect(anna.recv(9).map(({ packets }) => packets.map(String))).toEqual([
    ['broadcast', 'test'],
    ['whisper', 'success'],
  ])
})

test('a broadcast by a connection reaches every node', async () => {
  const { network, anna, bert, cleo } = await startChain()
  void anna.routing_table.get(bert.id)?.send('broadcast', ['my type', Buffer.from('hello')])
  await pass(network, 500)
  for (const node of [bert, cleo]) expect(node.recv()?.packets.map(String)).toEqual(['my type', 'hello'])
})

test('a whisper that does not arrive is in status, and need not be awaited', async () => {
  const { network, anna, bert } = await startChain()
  const connection = anna.routing_table.get(bert.id)
  await Promise.all([bert.close(), pass(network, 500)])
  void connection?.send(base.flags.whisper, ['whisper', 'hello'])
  await pass(network, 15_000)
  expect(anna.status).toEqual([expect.stringContaining(bert.id)])
})

test('packets are whatever Buffer.from takes; flags and types are numbers or names', async () => {
  const { network, anna, bert } = await startChain()
  anna.send([[104, 105], new Uint8Array([33]).buffer], base.flags.whisper)
  anna.send(['a'], 'broadcast', base.flags.whisper)
  anna.send(['b'], undefined, 'mine')
  await pass(network, 500)
  expect(bert.recv(9).map(({ packets }) => packets.map(String))).toEqual([
    ['whisper', 'hi', '!'],
    ['whisper', 'a'],
    ['mine', 'b'],
  ])
  for (const wrong of [() => anna.send(['a'], 5), () => anna.send(['a'], 'store'), () => anna.send(['a'], 0, 99)])
    expect(wrong).toThrow(ArgumentError)
  expect(() => anna.send([3 as never])).toThrow(ArgumentError)
  expect(() => anna.send('hello' as never)).toThrow(ArgumentError)
  expect(() => anna.register_handler('hello' as never)).toThrow(ArgumentError)
})

test('recv() and recv(0) give one message, recv(n) an array', async () => {
  const { network, anna, bert } = await startChain()
  for (const word of ['one', 'two', 'three']) anna.send([word])
  await pass(network, 500)
  expect([bert.recv()?.packets[1]?.toString(), bert.recv(0)?.packets[1]?.toString()]).toEqual(['one', 'two'])
  expect(bert.recv(5)).toHaveLength(1)
  expect(bert.recv(5)).toEqual([])
})
