import { expect, test } from 'vitest'
import { advance, ask, createNetwork, startNodes } from './nodes.test-helper.ts'
import { settleTime } from './settle-time.ts'

test.each([
  { slowestLinkMs: undefined, leaseMs: 10_000, settleMs: 1000 },
  { slowestLinkMs: undefined, leaseMs: 2000, settleMs: 500 },
  { slowestLinkMs: 0, leaseMs: 10_000, settleMs: 300 },
  { slowestLinkMs: 1, leaseMs: 10_000, settleMs: 312 },
  { slowestLinkMs: 30, leaseMs: 10_000, settleMs: 660 },
  { slowestLinkMs: 30, leaseMs: 1000, settleMs: 250 },
  { slowestLinkMs: 300, leaseMs: 3_600_000, settleMs: 1000 },
])(
  'links of $slowestLinkMs ms at most, a lease of $leaseMs ms: a claim settles in $settleMs ms',
  ({ settleMs, ...measured }) => {
    expect(settleTime(measured)).toBe(settleMs)
  },
)

/** How long after the claim a node has the lock, in steps of 25 ms. */
async function settledAfter(
  options: { latencyMs: [number, number]; waitMs?: number; settleMs?: number },
  names = ['a', 'b', 'c'],
): Promise<number> {
  const { latencyMs, waitMs = 1000, settleMs } = options
  const network = createNetwork(1, { latencyMs })
  const nodes = await startNodes(network, names)
  const [a] = nodes
  if (!a) throw new Error('a node')
  await advance(network, waitMs)
  // Without a pause before the claim.
  const asked = ask(a, { wait: false, ...(settleMs === undefined ? {} : { settleMs }) })
  let ms = 0
  for (; !asked.value && ms < 3000; ms += 25) await advance(network, 25)
  return ms
}

test('the slower the links of a node are, the longer its claim settles; an explicit time counts as it is', async () => {
  const near = await settledAfter({ latencyMs: [1, 1] })
  const far = await settledAfter({ latencyMs: [40, 40] })
  const veryFar = await settledAfter({ latencyMs: [200, 200] })
  expect([near, far, veryFar]).toEqual([325, 800, 1000])
  expect(await settledAfter({ latencyMs: [40, 40], settleMs: 200 })).toBe(200)
})

test('a node without a neighbor has measured nothing', async () => {
  expect(await settledAfter({ latencyMs: [1, 1] }, ['alone'])).toBe(1000)
})
