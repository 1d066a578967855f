import { expect, test } from 'vitest'
import { runReferenceTests } from './run.ts'

test("21 of 21 of js2p's own tests pass on ts2p", { timeout: 300_000 }, async () => {
  const { passed, failed } = await runReferenceTests('ts2p')
  expect(failed).toEqual([])
  expect(passed).toHaveLength(21)
})
