import { scaled } from '@ts2p/test-config/scaled'
import { test } from 'vitest'
import { expectConvergence } from './convergence.test-helper.ts'

const seeds = scaled(30, 1000)

test(`random networks ${seeds + 1} to ${2 * seeds}, as the first ${seeds}`, { timeout: 600_000 }, () =>
  expectConvergence(seeds + 1, seeds),
)
