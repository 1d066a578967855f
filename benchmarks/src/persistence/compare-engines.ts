import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from './engine.ts'
import type { EngineName } from './engine.ts'

const batchEntries = 256
const singles = 200
const require = createRequire(import.meta.url)

/** What was measured of an engine, in the order in which it is printed. */
export async function figuresOf(name: EngineName, count: number): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), `ts2p-${name}-`))
  try {
    const entries = Array.from(
      { length: count },
      (_, index) => [Buffer.from(`key/${String(index).padStart(8, '0')}`), new Uint8Array(180).fill(index)] as const,
    )
    const engine = await openEngine(name, folder)
    const batchesMs = await msOf(async () => {
      for (let at = 0; at < count; at += batchEntries) await engine.write(entries.slice(at, at + batchEntries))
    })
    const singlesMs = await msOf(async () => {
      for (const entry of entries.slice(0, singles)) await engine.write([entry])
    })
    await engine.close()
    const bytes = filesIn(folder).reduce((sum, path) => sum + statSync(path).size, 0)
    const openMs = await msOf(async () => {
      const again = await openEngine(name, folder)
      if ((await again.readAll()) !== count) throw new Error(`${name} has lost entries`)
      await again.close()
    })
    return {
      [`durable entries/s, ${batchEntries} a batch`]: String(Math.round((count / batchesMs) * 1000)),
      'durable entries/s, one a batch': String(Math.round((singles / singlesMs) * 1000)),
      [`open and read ${count} entries, ms`]: openMs.toFixed(0),
      'on the disk, kB': String(Math.round(bytes / 1000)),
      'installed, kB': String(Math.round(installedBytes(name) / 1000)),
      'its largest file cut in half': await outcomeOfCut(name, folder),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What happens to a process that opens a damaged store: run in one of its own, which may not outlive it. */
function outcomeOfCut(name: EngineName, folder: string): Promise<string> {
  const [largest] = filesIn(folder).toSorted((a, b) => statSync(b).size - statSync(a).size)
  if (largest) truncateSync(largest, statSync(largest).size / 2)
  return new Promise((resolve) => {
    const child = fork(new URL('./read-engine.js', import.meta.url), [name, folder], { stdio: 'ignore' })
    child.on('close', (code, signal) =>
      resolve(signal ? `the process dies of ${signal}` : (outcomes[code ?? 9] ?? '?')),
    )
  })
}

const outcomes: Readonly<Record<number, string>> = { 0: 'opens, with less', 1: 'an error' }

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
}

/** With what it depends on directly, for this platform: they lie side by side. */
function installedBytes(name: EngineName): number {
  const [beside = ''] = require.resolve(name).split(join('node_modules', name))
  return readdirSync(join(beside, 'node_modules'))
    .filter((each) => !each.startsWith('.'))
    .flatMap((each) => filesIn(join(beside, 'node_modules', each)))
    .reduce((sum, path) => sum + statSync(path).size, 0)
}

async function msOf(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}
