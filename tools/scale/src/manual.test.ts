import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'

// The simulator is not published, so its page's program cannot run where those of the other pages do.
test('the program of docs/simulation.md runs', async () => {
  const page = readFileSync(new URL('../../../docs/simulation.md', import.meta.url), 'utf8')
  const code = /```ts\n(.*?)```/s.exec(page)?.[1] ?? ''
  const printed = vi.spyOn(console, 'log').mockReturnValue()
  const folder = new URL('../.test-results/', import.meta.url)
  const file = new URL('manual-program.ts', folder)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, code)
  try {
    await import(file.pathname)
    expect(printed.mock.calls).toEqual([[1]])
  } finally {
    printed.mockRestore()
    rmSync(file)
  }
})
