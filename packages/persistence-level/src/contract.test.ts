import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { persistenceContract } from '@ts2p/persistence-contract'
import { LevelPersistence } from './level-persistence.ts'

persistenceContract('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ts2p-level-'))
  return {
    make: () => new LevelPersistence(join(folder, 'deep', 'node')),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})
