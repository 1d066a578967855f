import { expect, test } from 'vitest'
import { election } from './election.ts'
import { lock } from './lock.ts'
import { advance, ask, createNetwork, settled, startNodes } from './nodes.test-helper.ts'
import { withLock } from './with-lock.ts'

test('two parts of one program exclude each other, too', async () => {
  const network = createNetwork(61)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  const asked = [ask(a), ask(a)]
  await advance(network, 30_000)
  const first = asked.find(({ value }) => value)
  const second = asked.find(({ value }) => !value)
  expect(first?.value?.isHeld).toBe(true)
  expect(second).toBeDefined()
  first?.value?.release()
  await advance(network, 1600)
  expect(second?.value?.isHeld).toBe(true)
})

test('a wait is ended by its signal, also while the claim settles, and then leaves no lease behind', async () => {
  const network = createNetwork(71)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const settling = new AbortController()
  const early = ask(a, { signal: settling.signal, settleMs: 1000 })
  await advance(network, 600)
  expect(b.socket.lease('lock')?.owner).toBe(a.socket.id)
  settling.abort('changed my mind')
  await advance(network, 100)
  expect(early.error).toMatchObject({ code: 'LOCK_ABORTED', cause: 'changed my mind' })
  expect(b.socket.lease('lock')).toBeUndefined()

  const held = ask(b)
  await advance(network, 1600)
  const waiting = new AbortController()
  const late = ask(a, { signal: waiting.signal })
  await advance(network, 100)
  waiting.abort()
  held.value?.release()
  await advance(network, 5000)
  expect(late.error).toMatchObject({ code: 'LOCK_ABORTED' })
  expect(a.socket.lease('lock')).toBeUndefined()
  expect(ask(a, { signal: AbortSignal.abort() }).value).toBeUndefined()
  await settled()
  expect(a.socket.listenerCount('change')).toBe(0)
})

test('without waiting: an error says who holds it, and until when', async () => {
  const network = createNetwork(81)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const first = ask(a, { wait: false })
  await advance(network, 1600)
  expect(first.value?.isHeld).toBe(true)
  const second = ask(b, { wait: false })
  await advance(network, 10)
  expect(second.error).toMatchObject({
    code: 'LOCK_HELD',
    owner: a.socket.id,
    expiresAt: b.socket.lease('lock')?.expiresAt,
  })
})

test('two at once without waiting: one has it, the other is told', async () => {
  for (const seed of [91, 92, 93, 94]) {
    const network = createNetwork(seed)
    const nodes = await startNodes(network, ['a', 'b', 'c'])
    const asked = nodes.map((node) => ask(node, { wait: false }))
    await advance(network, 2000)
    expect(asked.filter(({ value }) => value?.isHeld)).toHaveLength(1)
    const codes = asked.flatMap(({ error }) => (error instanceof Error && 'code' in error ? [error.code] : []))
    expect(codes).toEqual(['LOCK_HELD', 'LOCK_HELD'])
  }
})

test('a claim that nobody confirms is no lock', async () => {
  const network = createNetwork(101)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  const [patient, hasty] = [ask(a, { replicas: 1 }), ask(a, { replicas: 1, wait: false })]
  await advance(network, 100)
  expect(hasty.error).toMatchObject({ code: 'LOCK_LOST', reason: 'unconfirmed' })
  await advance(network, 60_000)
  expect([patient.value, hasty.value]).toEqual([undefined, undefined])
  expect(patient.error).toBeUndefined()
  // Nor is it made: when somebody comes who has the lock, it must not be taken from it by an older claim.
  expect(a.socket.has('lock')).toBe(false)
})

test('deleted by the program, or its socket closed: the lock is lost, and says so', async () => {
  const network = createNetwork(111)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const deleted = ask(a)
  await advance(network, 1600)
  a.socket.del('lock')
  await advance(network, 100)
  expect(deleted.value?.signal.reason).toMatchObject({ reason: 'deleted' })

  const closed = ask(a)
  await advance(network, 1600)
  const waiting = ask(b)
  await advance(network, 100)
  void a.socket.close()
  await advance(network, 5000)
  expect(closed.value?.signal.reason).toMatchObject({ reason: 'closed' })
  expect(() => closed.value?.release()).not.toThrow()
  await advance(network, 20_000)
  expect(waiting.value?.isHeld).toBe(true)
})

test('released at the end of a block', async () => {
  const network = createNetwork(121)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  const done = (async () => {
    await using held = await lock(a.socket, 'lock', { environment: a.host.environment })
    expect(held.isHeld).toBe(true)
  })()
  await advance(network, 1600)
  await done
  expect(a.socket.lease('lock')).toBeUndefined()
})

test('what cannot be: leases that are off, options out of range', async () => {
  const network = createNetwork(131)
  const [a] = await startNodes(network, ['a'], { leasing: false })
  const [b] = await startNodes(network, ['b'])
  if (!a || !b) throw new Error('two nodes')
  await expect(lock(a.socket, 'lock')).rejects.toMatchObject({ code: 'LEASES_MISSING' })
  await expect(lock(b.socket, 'lock', { settleMs: -1 })).rejects.toMatchObject({ argument: 'settleMs' })
  await expect(lock(b.socket, 'lock', { guardMs: 5000 })).rejects.toMatchObject({ argument: 'guardMs' })
  await expect(lock(b.socket, 'lock', { replicas: 0.5 })).rejects.toMatchObject({ argument: 'replicas' })
  await expect(lock(b.socket, '', {})).rejects.toMatchObject({ code: 'INVALID_KEY' })
})

test('an option that there is not is refused by its name, before anything is waited for', async () => {
  const [a] = await startNodes(createNetwork(133), ['a'])
  if (!a) throw new Error('one node')
  const misspelled: object = { leaseSecond: 5 }
  const refusal = {
    ...{ code: 'ARGUMENT', argument: 'options.leaseSecond' },
    message: expect.stringContaining('options.leaseSecond is no option. Did you mean leaseSeconds?') as unknown,
  }
  await expect(lock(a.socket, 'lock', misspelled)).rejects.toMatchObject(refusal)
  await expect(withLock(a.socket, 'lock', () => 1, misspelled)).rejects.toMatchObject(refusal)
  expect(() => election(a.socket, 'lock', misspelled)).toThrow(expect.objectContaining(refusal))
  // An option of the one is none of the other.
  await expect(lock(a.socket, 'lock', { stand: true } as never)).rejects.toMatchObject({ argument: 'options.stand' })
  expect(() => election(a.socket, 'lock', { wait: false } as never)).toThrow(/^options\.wait is no option/)
  expect(a.socket.has('lock')).toBe(false)
})

test('a key whose prefix has no leases cannot be locked; another can', async () => {
  const network = createNetwork(132)
  const [a] = await startNodes(network, ['a'], { policies: [{ prefix: 'config/', leasing: false }] })
  if (!a) throw new Error('one node')
  await expect(lock(a.socket, 'config/lock')).rejects.toMatchObject({ code: 'LEASES_MISSING' })
  expect(() => election(a.socket, 'config/leader')).toThrow(expect.objectContaining({ code: 'LEASES_MISSING' }))
  const held = lock(a.socket, 'lock', { environment: a.host.environment })
  await advance(network, 1600)
  expect((await held).isHeld).toBe(true)
})

test('the lease of a lock has a length of its own: ten seconds, whatever the network has', async () => {
  const network = createNetwork(91)
  const [a, b] = await startNodes(network, ['a', 'b'], { leaseSeconds: 3600 })
  if (!a || !b) throw new Error('two nodes')
  const first = ask(a)
  await advance(network, 3000)
  expect([first.value?.isHeld, b.socket.lease('lock')?.leaseSeconds]).toEqual([true, 10])
  const second = ask(b, { leaseSeconds: 5 })
  network.crash(a.host)
  await advance(network, 6000)
  expect(second.value).toBeUndefined()
  await advance(network, 7000)
  expect([second.value?.isHeld, b.socket.lease('lock')?.leaseSeconds]).toEqual([true, 5])
  await expect(lock(b.socket, 'other', { leaseSeconds: 0 })).rejects.toMatchObject({ argument: 'leaseSeconds' })
})
