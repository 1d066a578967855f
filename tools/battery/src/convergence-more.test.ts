import { test } from 'vitest'
import { expectConvergence } from './convergence.test-helper.ts'

test('random networks 1001 to 2000, as the first thousand', { timeout: 600_000 }, () => expectConvergence(1001, 1000))
