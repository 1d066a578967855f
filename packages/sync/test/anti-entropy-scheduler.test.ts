import type { Connection } from '@ts2p/base'
import { encodeReconciliation } from '@ts2p/protocol'
import type { ReconciliationMessage } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { Store } from '@ts2p/store'
import { expect, test } from 'vitest'
import { AntiEntropyScheduler } from '../src/anti-entropy/anti-entropy-scheduler.ts'
import type { AntiEntropyHandler } from '../src/anti-entropy/anti-entropy-scheduler.ts'
import { Cursors } from '../src/anti-entropy/cursors.ts'
import { Journal } from '../src/replication/journal.ts'
import { connect, createNetwork, startApart, startNode } from './network.test-helper.ts'

const elsewhere = { epoch: 7, sequence: 0 }
const opening: ReconciliationMessage = {
  ...{ kind: 'open', position: elsewhere, count: 0 },
  ...{ root: new Uint8Array(16), nonce: new Uint8Array(8), completeSince: 0, garbageBefore: 0, isFull: false },
}

/** A scheduler of an empty store, connections that its node has dialed, and what it sends: the kind, and the connection's place. */
async function start(
  count: number,
  handler: Partial<AntiEntropyHandler> = {},
): Promise<{
  network: SimulatedNetwork
  scheduler: AntiEntropyScheduler
  connections: Connection[]
  journal: Journal
  sent: string[]
  receive: (from: number, message: ReconciliationMessage) => void
  runMaintenance: () => void
}> {
  const network = createNetwork(1)
  const { host, socket } = await startNode(network, 'self', { limits: { exchangeAddressesMax: 0 } })
  const names = Array.from({ length: count }, (_, index) => `neighbor-${index}`)
  await startApart(network, names, { limits: { exchangeAddressesMax: 0 } })
  for (const name of names) await connect(network, socket, name)
  const connections = [...socket.outgoing]
  const sent: string[] = []
  let epoch = 0
  const journal = new Journal(() => (epoch += 1))
  const scheduler = new AntiEntropyScheduler({
    ...{ store: new Store({ owner: new Uint8Array(32) }), journal, cursors: new Cursors() },
    environment: host.environment,
    handler: {
      send: (connection, { kind }) => void sent.push(`${kind} ${connections.indexOf(connection)}`),
      stream: () => undefined,
      onCompleteSince: () => false,
      onFull: () => undefined,
      onSettled: () => [],
      onInvalidSymbols: () => undefined,
      onCutoffTooFarAhead: () => undefined,
      ...handler,
    },
  })
  for (const connection of connections) scheduler.onNeighbor(connection)
  const receive = (from: number, message: ReconciliationMessage): void => {
    const connection = connections[from]
    if (connection) scheduler.onMessage(connection, encodeReconciliation(message))
  }
  const runMaintenance = (): void => scheduler.runDue(host.environment.monotonicNow())
  return { network, scheduler, connections, journal, sent, receive, runMaintenance }
}

test('an open of the neighbor replaces an own one that was lost, but not one that has just been sent', async () => {
  const { network, sent, receive } = await start(1)
  receive(0, opening)
  expect(sent).toEqual(['open 0'])
  network.simulation.runFor(2001)
  receive(0, opening)
  expect(sent).toEqual(['open 0', 'at 0'])
})

test('one reconciliation is opened at a time, and the next once the neighbor has sent what it owed', async () => {
  const { sent, receive, scheduler, connections } = await start(3)
  expect(sent).toEqual(['open 0'])
  receive(0, { kind: 'at', position: elsewhere })
  expect(sent).toEqual(['open 0', 'open 1'])
  const [first, second, third] = connections.map((connection) => scheduler.isReconciling(connection))
  expect([first, second, third]).toEqual([false, true, true])
})

test('a neighbor that does not answer delays others for 2 s', async () => {
  const { network, sent, runMaintenance } = await start(2)
  network.simulation.runFor(1999)
  runMaintenance()
  expect(sent).toEqual(['open 0'])
  network.simulation.runFor(1)
  runMaintenance()
  expect(sent).toEqual(['open 0', 'open 1'])
})

test('the neighbors that the handler names when one has settled are reconciled with', async () => {
  const others: Connection[] = []
  const { sent, receive, connections } = await start(2, { onSettled: () => others })
  receive(0, { kind: 'at', position: elsewhere })
  receive(1, { kind: 'at', position: elsewhere })
  expect(sent).toEqual(['open 0', 'open 1'])
  others.push(...connections.slice(1))
  receive(0, { kind: 'at', position: elsewhere })
  expect(sent).toEqual(['open 0', 'open 1', 'open 1'])
})

test('a neighbor whose changes the journal loses while they are sent is reconciled with', async () => {
  const ends: (() => ReconciliationMessage | undefined)[] = []
  const read: string[] = []
  const { sent, receive, journal, runMaintenance } = await start(1, {
    stream: (_, keys, last) => {
      if ('allBut' in keys) return
      ends.push(() => {
        read.push(...keys)
        return last()
      })
    },
  })
  receive(0, { kind: 'at', position: elsewhere })
  const { position } = journal
  journal.append('key')
  receive(0, { kind: 'since', position, isInReturn: true, isFull: false })
  expect(ends.shift()?.()).toEqual({ kind: 'at', position: journal.position })
  expect(read).toEqual(['key'])
  receive(0, { kind: 'since', position, isInReturn: true, isFull: false })
  journal.begin()
  expect(ends.shift()?.()).toBeUndefined()
  expect(sent).toEqual(['open 0'])
  runMaintenance()
  expect(sent).toEqual(['open 0', 'open 0'])
})

test('one answer to `since` is sent at a time, and of several questions the last is answered', async () => {
  const keysRead: string[][] = []
  const ends: (() => ReconciliationMessage | undefined)[] = []
  const { receive, journal, scheduler, connections, runMaintenance } = await start(1, {
    stream: (_, keys, last) => {
      if ('allBut' in keys) return
      ends.push(() => {
        keysRead.push([...keys])
        return last()
      })
    },
  })
  const { position } = journal
  for (const key of ['one', 'two', 'three']) journal.append(key)
  for (const sequence of [0, 1, 2])
    receive(0, { kind: 'since', position: { ...position, sequence }, isInReturn: true, isFull: false })
  expect(ends).toHaveLength(1)
  const [connection] = connections
  expect(connection && scheduler.owes(connection)).toBe(true)
  ends.shift()?.()
  runMaintenance()
  ends.shift()?.()
  expect(keysRead).toEqual([['one', 'two', 'three'], ['three']])
  expect(ends).toHaveLength(0)
})
