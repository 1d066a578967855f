import { simulatedPort as port } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { advance, ask, createNetwork, startNodes } from './nodes.test-helper.ts'
import type { TestNode } from './nodes.test-helper.ts'

/** Two nodes that have been linked. */
async function startPair() {
  const network = createNetwork(1)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('Two nodes were asked for.')
  /** A node crashes, and the other one has noticed. */
  const crash = async (node: TestNode, other: TestNode): Promise<void> => {
    network.crash(node.host)
    for (let slices = 0; slices < 4000 && other.socket.isolatedMs === undefined; slices += 1) await advance(network, 25)
    expect(other.socket.isolatedMs).toBeLessThanOrEqual(25)
  }
  return { network, a, b, crash }
}

test('a node that has lost its last neighbor takes a free lock after ten seconds: others may have it', async () => {
  const { network, a, b, crash } = await startPair()
  await crash(b, a)
  const [patient, impatient] = [ask(a), ask(a, { wait: false })]
  await advance(network, 9500)
  expect([patient.value, impatient.value]).toEqual([undefined, undefined])
  await advance(network, 4000)
  expect([patient.value?.isHeld, impatient.value?.isHeld].filter((isHeld) => isHeld === true)).toHaveLength(1)
})

test('a claim that nobody may have heard of, since the last neighbor was lost, settles until ten seconds have passed', async () => {
  const { network, a, b, crash } = await startPair()
  await crash(b, a)
  await advance(network, 20_000)
  const [late] = await startNodes(network, ['c'])
  if (!late) throw new Error('A node was asked for.')
  const joined = late.socket.connect('a', port)
  await advance(network, 3000)
  await joined
  const asked = ask(a)
  for (let slices = 0; slices < 100 && a.socket.lease('lock') === undefined; slices += 1) await advance(network, 25)
  expect(a.socket.lease('lock')?.owner).toBe(a.socket.id)
  await crash(late, a)
  await advance(network, 9000)
  expect(asked.value).toBeUndefined()
  await advance(network, 4000)
  expect(asked.value?.isHeld).toBe(true)
})

test('a holder that loses its last neighbor keeps the lock', async () => {
  const { network, a, b, crash } = await startPair()
  const asked = ask(a)
  await advance(network, 3000)
  await crash(b, a)
  await advance(network, 60_000)
  expect(asked.value?.isHeld).toBe(true)
})

test('a node that never had a neighbor waits for nobody', async () => {
  const network = createNetwork(1)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('A node was asked for.')
  const asked = ask(a)
  await advance(network, 2000)
  expect(asked.value?.isHeld).toBe(true)
})
