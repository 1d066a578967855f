import type { Address, NodeId } from '@ts2p/protocol'
import { Random } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { networkOf, planDialManager } from './dial-plan.ts'
import type { DialCandidate, DialPlanInput } from './dial-plan.ts'
import { exchangeAfterMs, isTrusted, samplePeers, startAllowance, spendAllowance } from './exchange-policy.ts'

const at = (host: string, transport = 'tcp'): Address => ({ transport, host, port: 4444 })
const candidate = (id: string, ...addresses: Address[]): DialCandidate => ({ id: id as NodeId, addresses })

function view(changes: Partial<DialPlanInput>): DialPlanInput {
  return {
    ourId: 'us' as NodeId,
    linked: new Set(),
    coreLinks: 0,
    dialedLinks: 6,
    avoided: new Set(),
    persistentPeers: [],
    dialedHosts: [],
    candidates: [],
    transports: ['tcp'],
    linksWanted: 6,
    isTimeForMore: false,
    dialedPerNetworkMax: 2,
    ...changes,
  }
}

const dialed = (changes: Partial<DialPlanInput>): string[] => {
  const random = new Random(1)
  return planDialManager(view(changes), () => random.float()).dial.map(({ id }) => id)
}

const many = Array.from({ length: 20 }, (_, index) => candidate(`n${index}`, at(`10.0.0.${index}`)))

test('dials until there are as many links as wanted, counting those under way', () => {
  expect(dialed({ candidates: many }).length).toBe(4)
  expect(dialed({ candidates: many, coreLinks: 2 }).length).toBe(2)
  const kept = [{ address: at('10.0.0.1'), failures: 0, wasLinked: false }]
  expect(dialed({ candidates: many, persistentPeers: kept }).length).toBe(3)
  expect(dialed({ candidates: many, persistentPeers: kept })).not.toContain('n1')
})

test('dials two thirds of the links wanted at once, and the others one by one', () => {
  const isTimeForMore = true
  const counts = [3, 4, 5, 6].map((coreLinks) => dialed({ candidates: many, coreLinks, isTimeForMore }).length)
  expect(counts).toEqual([1, 1, 1, 0])
  expect(dialed({ candidates: many, coreLinks: 4 })).toEqual([])
})

test('dials half of the links wanted, however many have dialed it', () => {
  const isTimeForMore = true
  const counts = [0, 2, 3].map(
    (dialedLinks) => dialed({ candidates: many, coreLinks: 9, dialedLinks, isTimeForMore }).length,
  )
  expect(counts).toEqual([1, 1, 0])
})

test('chooses at random', () => {
  const random = new Random(1)
  const plan = () => planDialManager(view({ candidates: many }), () => random.float())
  const choices = new Set(Array.from({ length: 50 }, () => plan().dial.map(({ id }) => id)).flat())
  expect(choices.size).toBe(20)
})

test('dials neither itself, nor who is linked, nor whom the application has disconnected', () => {
  const candidates = ['us', 'linked', 'avoided', 'free'].map((id, index) => candidate(id, at(`10.0.0.${index}`)))
  const [linked, avoided] = [new Set(['linked'] as NodeId[]), new Set(['avoided'] as NodeId[])]
  expect(dialed({ candidates, linked, avoided })).toEqual(['free'])
})

test('dials by a transport that it has', () => {
  const candidates = [candidate('ws only', at('a', 'ws')), candidate('both', at('b', 'ws'), at('b', 'tcp'))]
  const { dial } = planDialManager(view({ candidates }), () => 0)
  expect(dial).toEqual([{ id: 'both', address: at('b', 'tcp') }])
})

test('dials at most two in one public /16 network, links that there are included', () => {
  const candidates = Array.from({ length: 9 }, (_, index) => candidate(`n${index}`, at(`203.0.113.${index}`)))
  expect(dialed({ candidates }).length).toBe(2)
  expect(dialed({ candidates, dialedHosts: ['203.0.200.1'] }).length).toBe(1)
  expect(dialed({ candidates: [...candidates, candidate('else', at('198.51.100.1'))] })).toContain('else')
})

test('the /16 rule is for public IPv4 addresses', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0')
  expect(networkOf('172.32.0.1')).toBe('172.32')
  for (const host of [
    '10.1.2.3',
    '127.0.0.1',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.1',
    'example.org',
    '::1',
    '2001:db8::1',
  ]) {
    expect(networkOf(host)).toBeUndefined()
  }
})

test('gives up after four failures; one to which there was a link, after very many, and beside the others', () => {
  const stranger = { address: at('a'), failures: 4, wasLinked: false }
  const lost = { address: at('b'), failures: 4, wasLinked: true }
  const { dial, giveUp } = planDialManager(view({ persistentPeers: [stranger, lost], candidates: many }), () => 0)
  expect(giveUp).toEqual([at('a')])
  expect(dial.length).toBe(4)
  expect(planDialManager(view({ persistentPeers: [{ ...lost, failures: 240 }] }), () => 0).giveUp).toEqual([at('b')])
})

const limits = { exchangeMs: 30_000, exchangeTrustMs: 60_000, exchangeAddressesMax: 3 }

test('a list is believed of a node that was dialed; of one that dialed, once it has been linked for a while', () => {
  expect(isTrusted({ isDialed: true, linkedForMs: 0 }, limits)).toBe(true)
  expect(isTrusted({ isDialed: false, linkedForMs: 59_999 }, limits)).toBe(false)
  expect(isTrusted({ isDialed: false, linkedForMs: 60_000 }, limits)).toBe(true)
})

test('a few lists of a new link are believed, then one each half of exchangeMs, however long it was quiet', () => {
  const believed = (times: readonly number[]): boolean[] => {
    let allowance = startAllowance(0)
    return times.map((now) => {
      const next = spendAllowance(allowance, limits, now)
      allowance = next ?? allowance
      return next !== undefined
    })
  }
  expect(believed([0, 0, 0, 0, 0, 14_999, 15_000, 15_001])).toEqual([true, true, true, true, false, false, true, false])
  expect(believed([1e9, 1e9, 1e9, 1e9, 1e9])).toEqual([true, true, true, true, false])
})

test('who has too few links asks for others soon, and then less and less often', () => {
  expect([0, 1, 2, 3, 4, 40].map((exchanges) => exchangeAfterMs(limits, true, exchanges))).toEqual([
    1000, 2000, 4000, 8000, 15_000, 15_000,
  ])
  expect(exchangeAfterMs(limits, false, 0)).toBe(30_000)
})

test('the list for a neighbor has the other linked nodes that can be dialed, as many as allowed', () => {
  const peer = (id: string, addresses: readonly Address[]) => ({
    id: id as NodeId,
    hash: new Uint8Array(32),
    addresses,
  })
  const linked = [
    peer('neighbor', [at('n')]),
    peer('browser', []),
    ...many.map(({ id, addresses }) => peer(id, addresses)),
  ]
  const list = samplePeers('neighbor' as NodeId, { linked, heardOf: [], resting: [] }, limits, () => 0.5)
  expect(list.length).toBe(3)
  expect(list.map(({ id }) => id)).not.toContain('neighbor')
  expect(list.map(({ id }) => id)).not.toContain('browser')
  const [only, lost] = [peer('only', [at('o')]), peer('lost', [at('l')])]
  const short = samplePeers('neighbor' as NodeId, { linked: [], heardOf: [only], resting: [lost] }, limits, () => 0.5)
  expect(short).toEqual([only, lost])
  const enough = samplePeers('neighbor' as NodeId, { linked, heardOf: [only], resting: [lost] }, limits, () => 0.5)
  expect(enough).not.toContain(lost)
})
