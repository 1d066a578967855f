import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import type { MeshSocketOptions } from '../src/mesh-options.ts'
import { MeshSocket } from '../src/mesh-socket.ts'
import { createNetwork, outcomeOf, port, settled, startNode } from './network.test-helper.ts'

/** Options of a node on a host of its own. */
function optionsAt(network: SimulatedNetwork, name: string): MeshSocketOptions {
  const host = network.simulation.host(name)
  return { transports: [network.transport(host)], listen: `${name}:${port}`, environment: host.environment }
}

/** What becomes of an opening within a time. */
async function opening(
  network: SimulatedNetwork,
  options: MeshSocketOptions,
  ms = 5000,
): Promise<{ value?: MeshSocket | undefined; error?: unknown }> {
  const outcome = outcomeOf(MeshSocket.open(options))
  await pass(network, ms)
  return outcome
}

async function pass(network: SimulatedNetwork, ms: number): Promise<void> {
  for (let slice = 0; slice < 10; slice += 1) {
    await settled()
    network.simulation.runFor(ms / 10)
  }
  await settled()
}

test('open() resolves when the node listens and is linked with one of the addresses', async () => {
  const network = createNetwork(1)
  await startNode(network, 'a')
  const join = ['nobody:1', `a:${port}`]
  const { value } = await opening(network, { ...optionsAt(network, 'b'), join })
  expect([value?.isConnected, value?.addresses.length, value?.issues]).toEqual([true, 1, []])
})

test('when nobody answers, open() resolves after joinMs with an issue, and the node goes on dialing', async () => {
  const network = createNetwork(2)
  const outcome = outcomeOf(MeshSocket.open({ ...optionsAt(network, 'b'), join: `a:${port}`, joinMs: 500 }))
  await pass(network, 400)
  expect(outcome.value).toBeUndefined()
  await pass(network, 200)
  expect(outcome.value?.issues.map(({ code }) => code)).toEqual(['not-joined'])
  await startNode(network, 'a')
  await pass(network, 60_000)
  expect(outcome.value?.isConnected).toBe(true)
})

test('open() rejects when the node is refused, and closes the socket', async () => {
  const network = createNetwork(3)
  await startNode(network, 'a', { subnet: 'another' })
  const options = optionsAt(network, 'b')
  const { error } = await opening(network, { ...options, join: `a:${port}` })
  expect(error).toMatchObject({ code: 'REFUSED_ANOTHER_SUBNET' })
  // The port is free again.
  expect(await opening(network, options)).toMatchObject({ error: undefined })
})

test('a list of addresses may have the own one: the first node of a network opens at once', async () => {
  const network = createNetwork(4)
  const { value } = await opening(network, { ...optionsAt(network, 'a'), join: `a:${port}` }, 1000)
  expect(value?.issues).toEqual([])
})

test('open() ends by a signal and by its time', async () => {
  const network = createNetwork(5)
  const controller = new AbortController()
  const [first, second] = ['a', 'b'].map((name) => ({ ...optionsAt(network, name), join: 'nobody:1' }))
  const aborted = outcomeOf(MeshSocket.open(first as MeshSocketOptions, { signal: controller.signal }))
  const late = outcomeOf(MeshSocket.open(second as MeshSocketOptions, { timeoutMs: 100 }))
  controller.abort(new Error('changed my mind'))
  await pass(network, 1000)
  expect(aborted.error).toMatchObject({ message: 'changed my mind' })
  expect(late.error).toMatchObject({ code: 'TIMEOUT' })
})

test('a socket that is closed while it joins does not look for others any more', async () => {
  const network = createNetwork(8)
  const socket = new MeshSocket({ ...optionsAt(network, 'a'), join: 'nobody:1' })
  const joined = outcomeOf(socket.join())
  await settled()
  const closed = socket.close()
  await pass(network, 10_000)
  await closed
  expect([joined.error, socket.issues]).toEqual([expect.objectContaining({ code: 'CLOSED' }), []])
})

test('connect() takes an address, and leaves no link when it was given up', async () => {
  const network = createNetwork(6)
  const { socket: a } = await startNode(network, 'n0')
  const { socket: b } = await startNode(network, 'b')
  const controller = new AbortController()
  const given = outcomeOf(b.connect(`sim://n0:${port}`, { signal: controller.signal }))
  await settled()
  controller.abort(new Error('changed my mind'))
  await pass(network, 5000)
  expect([given.error, a.isConnected, b.isConnected]).toEqual([new Error('changed my mind'), false, false])
  const linked = outcomeOf(b.connect(`sim://n0:${port}`))
  await pass(network, 5000)
  expect([linked.error, b.isConnected]).toEqual([undefined, true])
})

test('wrong options are refused by name', () => {
  const network = createNetwork(7)
  const usual = optionsAt(network, 'a')
  for (const [options, argument] of [
    [{ join: 'a' }, 'join'],
    [{ join: [7] }, 'join'],
    [{ joinMs: -1 }, 'joinMs'],
    [{ listen: '4444' }, 'listen'],
    [{ listen: 'pigeon://a:1' }, 'transport'],
  ] as const) {
    const create = (): unknown => new MeshSocket({ ...usual, ...(options as object) })
    expect(create).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
  }
})
