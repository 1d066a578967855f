import { expect, test } from 'vitest'
import { bundle } from './bundle.ts'

test('a bundle has what its program needs, and its parts are told by package', { timeout: 60_000 }, async () => {
  const empty = await bundle('globalThis.keep = 1')
  expect(empty.compressed).toBeLessThan(200)
  await expect(bundle("import { nothing } from '@ts2p/protocol'; globalThis.keep = nothing")).rejects.toThrow(/nothing/)
  const program = "import { bytesFromText } from '@ts2p/protocol'; globalThis.keep = bytesFromText"
  const { compressed, minified, parts } = await bundle(program)
  expect(compressed).toBeGreaterThan(empty.compressed)
  expect(minified).toBeGreaterThan(compressed)
  expect(parts.map(([name]) => name)).toContain('@ts2p/protocol')
})

test('what a program imports when it needs it is not there at the start', { timeout: 60_000 }, async () => {
  const { compressed, compressedLater } = await bundle("globalThis.keep = () => import('@ts2p/protocol')")
  expect(compressed).toBeLessThan(1000)
  expect(compressedLater).toBeGreaterThan(10_000)
})
