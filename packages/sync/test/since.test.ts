import { reconciliationNonceBytes, decodeReconciliation, encodeReconciliation } from '@ts2p/protocol'
import type { JournalPosition } from '@ts2p/protocol'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { neighborMessage, startLiar } from './liar.test-helper.ts'
import { createNetwork, settled, startNetwork } from './network.test-helper.ts'

const questions = scaled(2000, 20_000)

test(`${questions} questions of what has changed are answered a few times`, async () => {
  const network = createNetwork(1)
  const { a } = await startNetwork(network, ['a'])
  for (let index = 0; index < 1000; index += 1) a.set(`key ${index}`, `${index}`.padEnd(100, '.'))
  network.simulation.runFor(1000)
  let position: JournalPosition | undefined
  let records = 0
  const liar = await startLiar(network, 'a', {
    onMessage: (_, kind, payload) => {
      const message = kind === 'reconciliation' ? decodeReconciliation(payload) : undefined
      if (message?.kind === 'at') position ??= message.position
      if (kind === 'records') records += payload.length
    },
  })
  const say = (message: Parameters<typeof encodeReconciliation>[0]): void =>
    liar.connection.send(neighborMessage('reconciliation', encodeReconciliation(message)))
  const [root, nonce] = [new Uint8Array(16), new Uint8Array(reconciliationNonceBytes)]
  say({
    kind: 'open',
    position: { epoch: 1, sequence: 0 },
    count: 0,
    root,
    nonce,
    completeSince: 0,
    garbageBefore: 0,
    isFull: false,
  })
  network.simulation.runFor(5000)
  const all = records
  expect(position?.sequence).toBe(1000)
  records = 0
  for (let count = 0; count < questions; count += 1) {
    say({ kind: 'since', position: { epoch: position?.epoch ?? 0, sequence: 0 }, isInReturn: true, isFull: false })
  }
  network.simulation.runFor(10_000)
  await settled()
  // Four at once, and then one in 5 s.
  expect(records).toBeGreaterThan(3 * all)
  expect(records).toBeLessThan(8 * all)
  expect(a.routingTable?.size).toBe(1)
})
