import { simulatedPort as port } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { advance, ask, createNetwork, settled, startNodes } from './nodes.test-helper.ts'

test('a free lock is got after it has settled, and the key says by whom', async () => {
  const network = createNetwork(1)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const asked = ask(a, { settleMs: 1000 })
  await advance(network, 900)
  expect(asked.value).toBeUndefined()
  await advance(network, 700)
  expect(asked.value?.isHeld).toBe(true)
  expect(asked.value?.token).toBe(b.socket.lease('lock')?.token)
  expect(b.socket.get('lock')).toBe(a.socket.id)
})

test('it is renewed for as long as it is held, its token grows, and nobody else gets it', async () => {
  const network = createNetwork(2)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const [held, waiting] = [ask(a), ask(b)]
  await advance(network, 2000)
  const [holder, other] = held.value ? [held, waiting] : [waiting, held]
  const tokens: string[] = []
  await advance(network, 60_000, () => tokens.push(holder.value?.token ?? ''))
  expect(holder.value?.isHeld).toBe(true)
  expect(other.value).toBeUndefined()
  expect(tokens).toEqual(tokens.toSorted())
  expect(new Set(tokens).size).toBeGreaterThan(15)
})

test('released, it passes to one who waits, within a moment, with a greater token', async () => {
  const network = createNetwork(3)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const first = ask(a)
  await advance(network, 1600)
  const second = ask(b)
  await advance(network, 30_000)
  expect(second.value).toBeUndefined()
  const token = first.value?.token ?? ''
  first.value?.release()
  expect(first.value?.isHeld).toBe(false)
  await advance(network, 1600)
  expect(second.value?.isHeld).toBe(true)
  expect((second.value?.token ?? '') > token).toBe(true)
  expect(first.value?.signal.aborted).toBe(false)
})

test.each([11, 12, 13, 14, 15, 16, 17, 18])(
  'many nodes want it, seed %i: one at a time has it, tokens grow from holder to holder, and all have their turn',
  async (seed) => {
    const network = createNetwork(seed, { latencyMs: [1, 120] })
    const { random } = network.simulation
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    // Within the guard of 2 s of each other: a node that differs by more from most others is refused.
    const skewsMs = names.map(() => (random.float() - 0.5) * 1900)
    const nodes = await startNodes(network, names, { skewsMs })
    const asked = nodes.map((node) => ask(node))
    const tokens: string[] = []
    const turns = new Set<string>()
    let heldMs = 0
    const look = (): void => {
      const holders = asked.flatMap(({ value }, index) => (value?.isHeld ? [{ value, index }] : []))
      expect(holders.length).toBeLessThanOrEqual(1)
      for (const { value, index } of holders) {
        tokens.push(value.token)
        turns.add(names[index] ?? '')
        heldMs += 25
        if (random.float() < 0.01) value.release()
      }
    }
    await advance(network, 120_000, look)
    expect(turns.size).toBe(names.length)
    expect(tokens).toEqual(tokens.toSorted())
    for (const { error } of asked) expect(error).toBeUndefined()
    expect(heldMs).toBeGreaterThan(0)
  },
)

test('one who asks again and again, and releases in between, does not keep it from one who waits', async () => {
  const network = createNetwork(19)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  let again = ask(a)
  await advance(network, 1600)
  const patient = ask(b)
  await advance(network, 60_000, () => {
    if (!again.value?.isHeld) return
    again.value.release()
    again = ask(a)
  })
  expect(patient.value?.isHeld).toBe(true)
})

test.each([21, 22, 23])(
  'the holder crashes, seed %i: its lease runs out, and one of the others has the lock',
  async (seed) => {
    const network = createNetwork(seed)
    const [a, b, c] = await startNodes(network, ['a', 'b', 'c'])
    if (!a || !b || !c) throw new Error('three nodes')
    const first = ask(a)
    await advance(network, 5000)
    const others = [ask(b), ask(c)]
    const token = first.value?.token ?? ''
    network.crash(a.host)
    await advance(network, 6000)
    expect(others.map(({ value }) => value)).toEqual([undefined, undefined])
    await advance(network, 8000)
    const got = others.flatMap(({ value }) => value ?? [])
    expect(got).toHaveLength(1)
    expect((got[0]?.token ?? '') > token).toBe(true)
  },
)

test('cut off from all, a holder that wants confirmation gives up before anybody else can have the lock', async () => {
  for (const seed of [31, 32, 33, 34]) {
    const network = createNetwork(seed)
    const [a, b, c] = await startNodes(network, ['a', 'b', 'c'])
    if (!a || !b || !c) throw new Error('three nodes')
    const first = ask(a, { replicas: 1 })
    await advance(network, 5000)
    const second = ask(b, { replicas: 1 })
    const lost: string[] = []
    const leftOver: unknown[] = []
    first.value?.on('lost', ({ reason }) => {
      lost.push(reason)
      leftOver.push(a.socket.lease('lock'))
    })
    network.partition([[a.host], [b.host, c.host]])
    await advance(network, 20_000, () => {
      expect([first, second].filter(({ value }) => value?.isHeld).length).toBeLessThanOrEqual(1)
    })
    expect(lost).toEqual(['unconfirmed'])
    // What is left of the lease is given up: the guard is time that nobody uses.
    expect(leftOver).toEqual([undefined])
    expect(first.value?.signal.aborted).toBe(true)
    expect(first.value?.signal.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'unconfirmed' })
    expect(second.value?.isHeld).toBe(true)
    network.heal()
    await advance(network, 60_000)
    expect(second.value?.isHeld).toBe(true)
    expect(a.socket.lease('lock')?.owner).toBe(b.socket.id)
  }
})

test('divided, without confirmation, two believe that they hold it; when they meet one hears that it does not', async () => {
  for (const seed of [41, 42, 43, 44]) {
    const network = createNetwork(seed)
    const [a, b] = await startNodes(network, ['a', 'b'])
    if (!a || !b) throw new Error('two nodes')
    const first = ask(a)
    await advance(network, 5000)
    const second = ask(b)
    network.partition([[a.host], [b.host]])
    await advance(network, 30_000)
    expect([first.value?.isHeld, second.value?.isHeld]).toEqual([true, true])
    const lost: string[] = []
    for (const { value } of [first, second]) value?.on('lost', ({ reason }) => lost.push(reason))
    network.heal()
    await advance(network, 90_000)
    expect(lost).toEqual(['taken'])
    expect([first, second].filter(({ value }) => value?.isHeld)).toHaveLength(1)
    // The one that stays has renewed since: its token is the greater one, whoever wrote last while they were apart.
    const [winner, loser] = first.value?.isHeld ? [first, second] : [second, first]
    expect((winner.value?.token ?? '') > (loser.value?.token ?? '')).toBe(true)
  }
})

test('a process that is stopped for longer than its lease knows at once, before any timer, that it has lost the lock', async () => {
  const network = createNetwork(51)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  let stoppedMs = 0
  const { environment } = a.host
  const stoppable = {
    ...environment,
    now: () => environment.now() + stoppedMs,
    monotonicNow: () => environment.monotonicNow() + stoppedMs,
  }
  const asked = ask(a, { environment: stoppable })
  await advance(network, 1600)
  const lost: string[] = []
  asked.value?.on('lost', ({ reason }) => lost.push(reason))
  expect(asked.value?.isHeld).toBe(true)
  stoppedMs = 12_000
  expect(asked.value?.isHeld).toBe(false)
  expect(lost).toEqual(['expired'])
  await advance(network, 30_000)
  expect(lost).toEqual(['expired'])
})

test('one whose event loop was busy when its claim had settled hears first what came meanwhile', async () => {
  const network = createNetwork(1, { latencyMs: [50, 50] })
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('There are two.')
  let isBusy = false
  const late: (() => void)[] = []
  const { environment: idle } = b.host
  const environment = {
    ...idle,
    setTimer: (delayMs: number, callback: () => void) =>
      idle.setTimer(delayMs, () => (isBusy ? void late.push(callback) : callback())),
  }
  const first = ask(a, { wait: false })
  await settled()
  network.simulation.runFor(10)
  const second = ask(b, { wait: false, environment })
  await settled()
  network.simulation.runFor(10)
  isBusy = true
  network.stall(b.host, true)
  await advance(network, 2000)
  expect(first.value?.isHeld).toBe(true)
  isBusy = false
  for (const callback of late) callback()
  await settled()
  expect(second.value).toBeUndefined()
  network.stall(b.host, false)
  await advance(network, 2000)
  expect([first.value?.isHeld, second.value]).toEqual([true, undefined])
  expect(second.error).toMatchObject({ code: 'LOCK_HELD' })
})

test('released after it was lost without notice, it is not claimed again', async () => {
  const network = createNetwork(52)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  let stoppedMs = 0
  const { environment } = a.host
  const asked = ask(a, { environment: { ...environment, monotonicNow: () => environment.monotonicNow() + stoppedMs } })
  await advance(network, 1600)
  // One who listens while it is held; two would be one too many.
  expect(a.socket.listenerCount('change')).toBe(1)
  stoppedMs = 12_000
  asked.value?.release()
  await advance(network, 30_000)
  expect(a.socket.lease('lock')).toBeUndefined()
  expect(a.socket.listenerCount('change')).toBe(0)
})

test('a claim for which a neighbor has no room gets no lock, since that neighbor may let others have it', async () => {
  const network = createNetwork(1)
  const [a] = await startNodes(network, ['a'])
  const [full] = await startNodes(network, ['full'], { storeLimits: { keysMax: 2 } })
  if (!a || !full) throw new Error('There are two.')
  full.socket.update({ one: 'x', two: 'x' })
  const connected = full.socket.connect('a', port)
  await advance(network, 1000)
  await connected
  for (const options of [{}, { wait: false as const }]) {
    const asked = ask(a, options)
    await advance(network, 2000)
    expect(asked).toMatchObject({ value: undefined, error: { code: 'LOCK_LOST', reason: 'refused' } })
    expect(a.socket.has('lock')).toBe(false)
  }
  full.socket.clear()
  const asked = ask(a)
  await advance(network, 2000)
  expect(asked.value?.isHeld).toBe(true)
})

test('a node whose clock has just leapt writes the key without a lock: the holder loses the lock as contested', async () => {
  const network = createNetwork(53)
  const [a, b, c] = await startNodes(network, ['a', 'b', 'c'])
  if (!a || !b || !c) throw new Error('three nodes')
  const asked = ask(a)
  await advance(network, 3000)
  const lost: string[] = []
  asked.value?.on('lost', ({ reason }) => lost.push(reason))
  c.host.skewMs = 45_000
  c.socket.set('lock', 'by c')
  await advance(network, 1000)
  expect(lost).toEqual(['contested'])
  // C has measured the clocks of the others by now.
  expect(() => c.socket.set('lock', 'again')).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
})

test('the clock of a holder is set back by an hour: it loses the lock within a second, and the others get it when its lease has run out', async () => {
  const network = createNetwork(54)
  const [a, b] = await startNodes(network, ['a', 'b', 'c'])
  if (!a || !b) throw new Error('two nodes')
  const asked = ask(a)
  await advance(network, 3000)
  const next = ask(b)
  const lost: unknown[] = []
  asked.value?.on('lost', ({ reason, cause }) => lost.push([reason, (cause as { code: string }).code]))
  a.host.skewMs = -3_600_000
  await advance(network, 1000)
  expect([lost, asked.value?.isHeld]).toEqual([[['clock', 'CLOCK_SKEW']], false])
  await advance(network, 15_000)
  expect(next.value?.isHeld).toBe(true)
})
