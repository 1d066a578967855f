import { expect, test } from 'vitest'
import { createNetwork, port, settled, startNetwork } from './network.test-helper.ts'

test('peers tells of each neighbor who it is, where, since when, and how far away', async () => {
  const network = createNetwork(1)
  const startedAt = network.simulation.now
  const [a, b] = (await startNetwork(network, 2)).map(({ socket }) => socket)
  network.simulation.runFor(60_000)
  await settled()
  const ofB = b?.peers.get(a?.id as never)
  const ofA = a?.peers.get(b?.id as never)
  expect(ofB).toMatchObject({ id: a?.id, direction: 'dialed', address: `sim://n0:${port}`, queuedBytes: 0 })
  expect(ofA).toMatchObject({ id: b?.id, direction: 'accepted' })
  expect(ofB?.addresses).toEqual([{ transport: 'sim', host: 'n0', port }])
  expect(ofB?.linkedAt).toBeGreaterThanOrEqual(startedAt)
  expect(ofB?.linkedAt).toBeLessThan(startedAt + 5000)
  expect(ofB?.roundTripMs).toBeGreaterThan(0)
  expect(ofB?.traffic.sentBytes).toBeGreaterThan(0)
})

test('disconnect() takes the id of a neighbor', async () => {
  const network = createNetwork(2)
  const [a, b] = (await startNetwork(network, 2)).map(({ socket }) => socket)
  const id = a?.id as never
  expect([b?.disconnect(id), b?.disconnect(id)]).toEqual([true, true])
  network.simulation.runFor(60_000)
  await settled()
  expect([b?.peers.size, b?.disconnect(id), a?.isConnected]).toEqual([0, false, false])
  expect(() => b?.disconnect('nobody' as never)).toThrow(expect.objectContaining({ argument: 'id' }))
})
