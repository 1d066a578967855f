import type { LevelPersistence } from '@ts2p/persistence-level'
import { UsageError } from '../failure.ts'

/** What keeps a node in a folder. It is not installed with the command line, since it brings a database. @throws {UsageError} */
export async function openPersistence(folder: string): Promise<LevelPersistence> {
  try {
    const { LevelPersistence: Level } = await import('@ts2p/persistence-level')
    return new Level(folder)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new UsageError(
      '--persist needs a package more: npm install @ts2p/persistence-level, or npx -p ts2p -p @ts2p/persistence-level ts2p node …',
      { cause },
    )
  }
}
