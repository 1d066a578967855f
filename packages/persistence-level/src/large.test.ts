import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAll } from '@ts2p/persistence-contract'
import { expect, test } from 'vitest'
import { LevelPersistence } from './level-persistence.ts'

test('30 MB in many tables, compacted and written over: the check of tables finds nothing wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ts2p-large-'))
  try {
    const first = new LevelPersistence(folder)
    await readAll(first)
    for (let round = 0; round < 60; round += 1) {
      const batch = Array.from({ length: 500 }, (_, index) => ({
        key: Uint8Array.of(2, round % 40, index >> 8, index & 255),
        value: new Uint8Array(1000).map((_byte, at) => (at * index + round) % 251),
      }))
      await first.write(batch)
    }
    await first.close()
    const names = await readdir(join(folder, 'entries'))
    expect(names.filter((name) => name.endsWith('.ldb')).length).toBeGreaterThan(2)
    for (let restart = 0; restart < 2; restart += 1) {
      const again = new LevelPersistence(folder)
      expect(await readAll(again)).toHaveLength(40 * 500)
      await again.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
