import { encodeCompare } from '@ts2p/protocol'
import type { CompareMessage } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import { expect, test } from 'vitest'
import { Comparer } from './comparer.ts'
import { Cursors } from './cursors.ts'
import { Journal } from '../replication/journal.ts'
import { connect, createNetwork, startApart, startNode } from '../../test/network.test-helper.ts'

test('a comparison that the neighbor opens replaces an own one that was lost, but not one that has just been sent', async () => {
  const network = createNetwork(1)
  const { host, socket } = await startNode(network, 'b')
  await startApart(network, ['a'])
  await connect(network, socket, 'a')
  const [connection] = socket.outgoing
  if (!connection) throw new Error('b has dialed a.')
  const sent: CompareMessage['kind'][] = []
  const comparer = new Comparer({
    ...{ store: new Store({ owner: new Uint8Array(32) }), journal: new Journal(() => 1), cursors: new Cursors() },
    environment: host.environment,
    send: (_, { kind }) => void sent.push(kind),
    ...{ stream: () => undefined, newsFrom: () => 0, onSettled: () => undefined, onPoisoned: () => undefined },
  })
  const open = encodeCompare({
    ...{ kind: 'open', position: { epoch: 7, sequence: 0 }, count: 0, nonce: new Uint8Array(8) },
    root: new Uint8Array(16),
  })
  comparer.onNeighbour(connection)
  comparer.onMessage(connection, open)
  expect(sent).toEqual(['open'])
  network.simulation.runFor(2001)
  comparer.onMessage(connection, open)
  expect(sent).toEqual(['open', 'at'])
})
