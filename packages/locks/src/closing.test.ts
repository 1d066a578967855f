import { ClosedError } from '@ts2p/base'
import { countTimers, outcomeOf, settled } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { election } from './election.ts'
import { lock } from './lock.ts'
import type { Lock } from './held-lock.ts'
import { advance, ask, createNetwork, startNodes } from './nodes.test-helper.ts'
import type { TestNode } from './nodes.test-helper.ts'

/** Two linked nodes; the timers that the locks of the first one set are counted. */
async function startTwo(seed: number): Promise<{
  network: ReturnType<typeof createNetwork>
  a: TestNode
  b: TestNode
  live: () => number
  environment: TestNode['host']['environment']
}> {
  const network = createNetwork(seed)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  return { network, a, b, ...countTimers(a.host.environment) }
}

test('close() rejects a lock that is waited for, in every stage, and leaves no timer; an abort after it is harmless', async () => {
  // The claim is made after up to 500 ms, and settles for 1000.
  for (const ms of [0, 25, 100, 600, 1200]) {
    const { network, a, b, live, environment } = await startTwo(1)
    const held = ask(b, {})
    await advance(network, 2000)
    expect(held.value?.isHeld).toBe(true)
    const controller = new AbortController()
    const { signal } = controller
    const waiting = [
      outcomeOf(lock(a.socket, 'lock', { environment, signal, settleMs: 1000 })),
      outcomeOf(lock(a.socket, 'free', { environment, signal, settleMs: 1000 })),
      outcomeOf(lock(a.socket, 'confirmed', { environment, signal, replicas: 2, settleMs: 1000 })),
    ]
    await advance(network, ms)
    expect(waiting.map(({ isSettled }) => isSettled)).toEqual([false, false, false])
    void a.socket.close()
    controller.abort()
    await settled()
    expect(waiting.map(({ error }) => error)).toEqual(waiting.map(() => expect.any(ClosedError)))
    expect(live()).toBe(0)
    await advance(network, 30_000)
    expect(['change', 'close'].map((event) => a.socket.listenerCount(event as 'change' | 'close'))).toEqual([0, 0])
  }
})

test('close() ends a lock that is held: it is lost once, and release() and abort do nothing; alone, the other waits before it has it', async () => {
  const { network, a, b, live, environment } = await startTwo(2)
  const controller = new AbortController()
  const got = outcomeOf(lock(a.socket, 'lock', { environment, signal: controller.signal }))
  await advance(network, 2000)
  const held = got.value as Lock
  const heard: string[] = []
  held.on('lost', ({ reason }) => heard.push(reason))
  const waiting = ask(b)
  await advance(network, 100)
  void a.socket.close()
  expect([held.isHeld, held.signal.aborted, heard]).toEqual([false, true, ['closed']])
  controller.abort()
  held.release()
  await held[Symbol.asyncDispose]()
  expect(live()).toBe(0)
  await advance(network, 2000)
  expect([waiting.value, waiting.error]).toEqual([undefined, undefined])
  await advance(network, 13_000)
  expect([waiting.value?.isHeld, heard]).toEqual([true, ['closed']])
})

test('close() of the holder releases the lock: of the nodes that wait one has it within 1 s, and all hear that nobody leads', async () => {
  const network = createNetwork(6)
  const [a, b, c] = await startNodes(network, ['a', 'b', 'c'])
  if (!a || !b || !c) throw new Error('three nodes')
  const leads = election(a.socket, 'leader', { environment: a.host.environment })
  const held = ask(a)
  await advance(network, 2000)
  expect([leads.isLeader, held.value?.isHeld]).toEqual([true, true])
  const waiting = [ask(b), ask(c)]
  const candidates = [b, c].map(({ socket, host }) => election(socket, 'leader', { environment: host.environment }))
  await advance(network, 3000)
  const heard: unknown[] = []
  candidates[0]?.on('leader', (leader) => heard.push(leader?.id))
  void a.socket.close()
  await advance(network, 1000)
  expect(waiting.filter(({ value }) => value?.isHeld)).toHaveLength(1)
  expect(candidates.filter(({ isLeader }) => isLeader)).toHaveLength(1)
  expect([heard[0], heard.length]).toEqual([undefined, 2])
})

test("a listener of 'close' that was there before the locks may abort and release them", async () => {
  const { network, a, live, environment } = await startTwo(5)
  const controller = new AbortController()
  const { signal } = controller
  const heard: unknown[] = []
  const held: { value: Lock | undefined } = { value: undefined }
  a.socket.on('close', () => {
    controller.abort()
    held.value?.release()
    heard.push('released', held.value?.isHeld)
  })
  const got = outcomeOf(lock(a.socket, 'lock', { environment, signal, settleMs: 1000 }))
  await advance(network, 2000)
  held.value = got.value
  held.value?.on('lost', ({ reason }) => heard.push(reason))
  const settling = outcomeOf(lock(a.socket, 'another', { environment, signal, settleMs: 1000 }))
  await advance(network, 700)
  expect(a.socket.lease('another')?.owner).toBe(a.socket.id)
  void a.socket.close()
  await settled()
  expect(settling.error).toMatchObject({ code: 'LOCK_ABORTED' })
  expect([heard, live()]).toEqual([['released', false], 0])
  expect(a.socket.issues).toEqual([])
})

test('close() ends elections: of one that leads, of one that waits, and of one that only listens', async () => {
  const { network, a, live, environment } = await startTwo(3)
  const leads = election(a.socket, 'leader', { environment })
  await advance(network, 3000)
  const waits = election(a.socket, 'leader', { environment })
  const listens = election(a.socket, 'leader', { environment, stand: false })
  await advance(network, 1000)
  expect([leads, waits, listens].map(({ isLeader }) => isLeader)).toEqual([true, false, false])
  const heard: string[] = []
  for (const [name, each] of Object.entries({ leads, waits, listens })) {
    for (const event of ['elected', 'lost', 'leader', 'failed'] as const)
      each.on(event, () => heard.push(`${name}: ${event}`))
  }
  void a.socket.close()
  await settled()
  expect([live(), heard]).toEqual([0, ['leads: lost']])
  for (const each of [leads, waits, listens]) {
    expect(() => each.stand()).toThrow(ClosedError)
    each.resign()
    each.close()
  }
  await advance(network, 30_000)
  expect(heard).toEqual(['leads: lost'])
})

test('a closed socket locks nothing', async () => {
  const { network, a, environment } = await startTwo(4)
  void a.socket.close()
  await advance(network, 5000)
  await expect(lock(a.socket, 'lock', { environment })).rejects.toBeInstanceOf(ClosedError)
  expect(() => election(a.socket, 'leader', { environment })).toThrow(ClosedError)
})
