import { expect, test } from 'vitest'
import { election } from './election.ts'
import type { Election, ElectionOptions } from './election.ts'
import { advance, createNetwork, startNodes } from './nodes.test-helper.ts'
import type { TestNode } from './nodes.test-helper.ts'

function stand({ name, socket, host }: TestNode, options: ElectionOptions<string> = {}): Election<string> {
  return election(socket, 'leader', { environment: host.environment, value: name, ...options })
}

/** What an election tells, in words. */
function heardBy(standing: Election<string>): string[] {
  const heard: string[] = []
  standing.on('elected', () => heard.push('elected'))
  standing.on('lost', ({ reason }) => heard.push(`lost: ${reason}`))
  standing.on('leader', (leader) => heard.push(`leader: ${leader?.value ?? 'nobody'}`))
  standing.on('failed', (error) => heard.push(`failed: ${String(error)}`))
  return heard
}

test.each([1, 2, 3, 4, 5])('of several candidates one leads, seed %i, and all know which', async (seed) => {
  const network = createNetwork(seed, { latencyMs: [1, 100] })
  const nodes = await startNodes(network, ['a', 'b', 'c', 'd'])
  const elections = nodes.map((node) => stand(node))
  const heard = elections.map((each) => heardBy(each))
  await advance(network, 20_000, () => {
    expect(elections.filter(({ isLeader }) => isLeader).length).toBeLessThanOrEqual(1)
  })
  const index = elections.findIndex(({ isLeader }) => isLeader)
  const name = nodes[index]?.name
  expect(elections.map(({ leader }) => leader?.value)).toEqual([name, name, name, name])
  expect(elections[index]?.leader?.token).toBe(elections[index]?.term?.token)
  expect(heard.map((each) => each.at(-1))).toEqual(heard.map(() => `leader: ${name}`))
  expect(heard[index]?.filter((what) => what === 'elected')).toHaveLength(1)
})

test('a leader resigns: another leads a moment later, with a greater token; it stands again when it is told to', async () => {
  const network = createNetwork(11)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const anna = stand(a)
  await advance(network, 1600)
  const bert = stand(b)
  const [annaHears, bertHears] = [heardBy(anna), heardBy(bert)]
  await advance(network, 20_000)
  const term = anna.term
  const token = term?.token ?? ''
  anna.resign()
  expect([anna.isLeader, term?.isHeld]).toEqual([false, false])
  await advance(network, 2000)
  expect(bert.isLeader).toBe(true)
  expect((bert.term?.token ?? '') > token).toBe(true)
  expect(annaHears).toEqual(['leader: nobody', 'leader: b'])
  expect(bertHears).toEqual(['leader: a', 'leader: nobody', 'elected', 'leader: b'])
  await advance(network, 30_000)
  expect(anna.isLeader).toBe(false)
  anna.stand()
  bert.term?.release()
  await advance(network, 2000)
  expect([anna.isLeader, bert.isLeader]).toEqual([true, false])
})

test('the leader crashes: when its lease has run out, nobody leads for a moment, and then another', async () => {
  const network = createNetwork(12)
  const [a, b, c] = await startNodes(network, ['a', 'b', 'c'])
  if (!a || !b || !c) throw new Error('three nodes')
  stand(a)
  await advance(network, 1600)
  const [candidate, observer] = [stand(b), stand(c, { stand: false })]
  const heard = heardBy(observer)
  await advance(network, 3000)
  network.crash(a.host)
  await advance(network, 15_000)
  expect(candidate.isLeader).toBe(true)
  expect(heard).toEqual(['leader: a', 'leader: nobody', 'leader: b'])
  expect(observer.isLeader).toBe(false)
})

test('divided, each side has a leader; when they meet, one hears that it has lost, and stays a candidate', async () => {
  for (const seed of [21, 22, 23]) {
    const network = createNetwork(seed)
    const nodes = await startNodes(network, ['a', 'b', 'c', 'd'])
    const elections = nodes.map((node) => stand(node))
    const [a, b, c, d] = nodes.map(({ host }) => host)
    if (!a || !b || !c || !d) throw new Error('four nodes')
    await advance(network, 5000)
    network.partition([
      [a, b],
      [c, d],
    ])
    await advance(network, 60_000)
    expect(elections.filter(({ isLeader }) => isLeader)).toHaveLength(2)
    const heard = elections.map((each) => heardBy(each))
    network.heal()
    await advance(network, 90_000)
    expect(elections.filter(({ isLeader }) => isLeader)).toHaveLength(1)
    expect(heard.flat().filter((what) => what.startsWith('lost'))).toEqual(['lost: taken'])
    const loser = elections.find((_, index) => heard[index]?.includes('lost: taken'))
    expect(loser?.isLeader).toBe(false)
    elections.find(({ isLeader }) => isLeader)?.close()
    await advance(network, 3000)
    expect(elections.filter(({ isLeader }) => isLeader)).toHaveLength(1)
  }
})

test('cut off, a leader that wants confirmation leads no more, and leads again when it is not cut off any more', async () => {
  const network = createNetwork(31)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const anna = stand(a, { replicas: 1 })
  await advance(network, 2000)
  const heard = heardBy(anna)
  network.partition([[a.host], [b.host]])
  await advance(network, 40_000)
  expect(anna.isLeader).toBe(false)
  expect(heard[0]).toBe('lost: unconfirmed')
  network.heal()
  await advance(network, 60_000)
  expect(anna.isLeader).toBe(true)
})

test('what fails is told, and tried again', async () => {
  const network = createNetwork(41)
  const [a] = await startNodes(network, ['a'], { storeLimits: { keysMax: 1 } })
  if (!a) throw new Error('one node')
  a.socket.set('in the way', '')
  const anna = stand(a)
  const heard = heardBy(anna)
  await advance(network, 6000)
  expect(heard).toHaveLength(2)
  expect(heard[0]).toContain('failed: StoreFullError')
  expect(a.host.log.join('\n')).toContain('Standing for election has failed')
  expect(anna.isLeader).toBe(false)
})

test('closed, it leads no more, tells nothing more and leaves no listener; a closed socket ends it, too', async () => {
  const network = createNetwork(51)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  const anna = stand(a)
  await advance(network, 2000)
  const heard = heardBy(anna)
  await anna[Symbol.asyncDispose]()
  await advance(network, 100)
  expect(b.socket.lease('leader')).toBeUndefined()
  expect(heard).toEqual([])
  expect(a.socket.listenerCount('change')).toBe(0)
  expect(() => anna.stand()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  anna.close()

  const bert = stand(b)
  await advance(network, 2000)
  const bertHears = heardBy(bert)
  void b.socket.close()
  await advance(network, 20_000)
  expect(bertHears).toEqual(['lost: closed'])
  expect(b.socket.listenerCount('change')).toBe(0)
})

test('resigned before it began, it never stands', async () => {
  const network = createNetwork(61)
  const [a] = await startNodes(network, ['a'])
  if (!a) throw new Error('one node')
  const anna = stand(a)
  anna.resign()
  await advance(network, 5000)
  expect(a.socket.has('leader')).toBe(false)
})
