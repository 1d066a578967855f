import { ClosedError } from '@ts2p/base'
import { countTimers } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { connect, createNetwork, outcomeOf, port, settled, startNode } from './network.test-helper.ts'
import { MeshSocket } from '../src/mesh-socket.ts'

/** A node whose timers are counted. */
function startCounted(
  network: ReturnType<typeof createNetwork>,
  name: string,
): { socket: MeshSocket; live: () => number } {
  const host = network.simulation.host(name)
  const { environment, live } = countTimers(host.environment)
  const socket = new MeshSocket({ transports: [network.transport(host)], environment })
  return { socket, live }
}

test('close() rejects every call that waits with a ClosedError, and leaves no timer', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const [full] = [
    await startNode(network, 'full', { limits: { peersMax: 1 } }),
    await startNode(network, 'full-2', { limits: { peersMax: 1 } }),
  ]
  await connect(network, full.socket, 'full-2')
  const { socket: anna, live } = startCounted(network, 'anna')
  await connect(network, anna, 'bert')
  // Bert takes no data: a request, a message and a broadcast wait, and connect() pauses, since there is no slot.
  network.stall(bert.host, true)
  const outcomes = [
    outcomeOf(anna.request(bert.socket.id, ['question'])),
    outcomeOf(anna.sendTo(bert.socket.id, ['message'])),
    outcomeOf(anna.request(anna.id, ['nobody answers'])),
    outcomeOf(anna.connect('full', port)),
  ]
  for (let sent = 0; sent < 100; sent += 1) anna.send(['x'.repeat(100_000)])
  await settled()
  network.simulation.runFor(50)
  await settled()
  outcomes.push(outcomeOf(anna.writable()))
  await settled()
  expect(outcomes.map(({ isSettled }) => isSettled)).toEqual([false, false, false, false, false])

  const closed = outcomeOf(anna.close())
  await settled()
  expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => expect.any(ClosedError)))
  network.simulation.runFor(20_000)
  await settled()
  expect(closed.isSettled).toBe(true)
  expect(live()).toBe(0)
  await expect(anna.writable()).rejects.toBeInstanceOf(ClosedError)
})

test("'close' is emitted once, during the call, when nothing can be sent anymore; a listener may call close() again", async () => {
  const network = createNetwork(2)
  const { socket } = await startNode(network, 'anna')
  const heard: unknown[] = []
  let again: Promise<void> | undefined
  socket.on('close', () => {
    heard.push(socket.isClosed, socket.addresses.length)
    expect(() => socket.send(['x'])).toThrow(ClosedError)
    again = socket.close()
  })
  expect(socket.isClosed).toBe(false)
  const closed = socket.close()
  expect(heard).toEqual([true, 1])
  await closed
  await again
  await socket.close()
  expect(heard).toHaveLength(2)
})

test('a layer hears of the close, and may send until what it has returned is settled; the links end then', async () => {
  const network = createNetwork(3)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  const heard: string[] = []
  bert.socket.openChannel('layer', {
    onBroadcast: (payload) => (heard.push(new TextDecoder().decode(payload)), 'accept'),
  })
  let done = (): void => undefined
  const drained = new Promise<void>((resolve) => (done = resolve))
  const channel = anna.socket.openChannel('layer', { onClose: () => drained })
  anna.socket.openChannel('another', {
    onClose: () => {
      throw new Error('a layer that fails')
    },
  })
  await connect(network, anna.socket, 'bert')
  const closed = outcomeOf(anna.socket.close())
  channel.broadcast(new TextEncoder().encode('the last words'))
  await pass(network)
  expect([closed.isSettled, bert.socket.routingTable?.size, heard]).toEqual([false, 1, ['the last words']])
  done()
  await pass(network)
  expect([closed.isSettled, bert.socket.routingTable?.size]).toEqual([true, undefined])
  expect(() => channel.broadcast(new Uint8Array(1))).toThrow(ClosedError)
  expect(anna.socket.issues.map(({ code }) => code)).toEqual(['channel-failed'])
})

async function pass(network: ReturnType<typeof createNetwork>): Promise<void> {
  await settled()
  network.simulation.runFor(1000)
  await settled()
}
