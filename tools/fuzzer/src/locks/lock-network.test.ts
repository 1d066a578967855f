import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { runLockNetwork } from './lock-network.ts'

const seeds = Array.from({ length: scaled(4, 200) }, (_, index) => index + 1)

test(`in ${seeds.length} networks whose nodes crash and come back, one node at a time has the lock`, async () => {
  for (const seed of seeds) {
    const { overlaps, holders } = await runLockNetwork(seed, { isDivided: false })
    expect(overlaps, `seed ${seed}`).toEqual([])
    expect(holders, `seed ${seed}`).toBeGreaterThan(1)
  }
})

test(`in ${seeds.length} networks that are divided for a while, one of two that have the lock hears that it is lost`, async () => {
  for (const seed of seeds) {
    const { overlaps } = await runLockNetwork(seed, { isDivided: true })
    expect(
      overlaps.filter(({ isReported }) => !isReported),
      `seed ${seed}`,
    ).toEqual([])
  }
})
