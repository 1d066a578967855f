import { binaryFromBytes } from '@ts2p/store'
import { expect, test } from 'vitest'
import { atHost, connect, createNetwork, outcomeOf, settled, startNode } from './network.test-helper.ts'
import { completeTerms } from '../src/network-lease-terms.ts'
import { newIdentity } from '../src/new-identity.ts'
import { Replica } from '../src/replica.ts'
import type { ReplicaListener } from '../src/replica.ts'

const listener: ReplicaListener = {
  onChanges: () => undefined,
  onPublish: () => undefined,
  onForgotten: () => undefined,
  onDropped: () => undefined,
  onContact: () => undefined,
  onMaintenance: () => undefined,
  onMeshEvent: () => undefined,
  onPeerEvent: () => undefined,
  onRefused: () => undefined,
  onWritesRefused: () => undefined,
  onClocksDiffer: () => undefined,
  onContested: () => undefined,
}

test('each drain resolves once the links have taken all, or with false after its own time', async () => {
  const network = createNetwork(1)
  const { host } = await startNode(network, 'neighbor')
  const own = network.simulation.host('own')
  const { identity } = newIdentity(own.environment)
  const { mesh, store, replicator } = new Replica(
    {
      ...atHost(network, own),
      environment: own.environment,
      identity,
      terms: completeTerms({}),
      isSigned: true,
      storeLimits: {},
    },
    listener,
  )
  await connect(network, mesh, 'neighbor')
  network.stall(host, true)
  for (let index = 0; index < 8; index++) {
    const [key, value] = [Uint8Array.of(index), network.simulation.random.bytes(1_000_000)]
    replicator.publish(store.set(binaryFromBytes(key), value, own.environment.now()))
    network.simulation.runFor(10)
  }
  const outcomes = [2000, 10_000, 20_000].map((withinMs) => outcomeOf(replicator.drain(withinMs)))
  const values = async (): Promise<(boolean | undefined)[]> => {
    await settled()
    return outcomes.map(({ value }) => value)
  }
  network.simulation.runFor(1999)
  expect(await values()).toEqual([undefined, undefined, undefined])
  network.simulation.runFor(1)
  expect(await values()).toEqual([false, undefined, undefined])
  network.stall(host, false)
  network.simulation.runFor(5000)
  expect(await values()).toEqual([false, true, true])
  expect(await replicator.drain(1000)).toBe(true)
})
