import { ClassicLevel } from 'classic-level'
import { open } from 'lmdb'

/** An embedded store, as far as a persistence needs one. */
export interface Engine {
  /** Durable when it resolves. */
  write(entries: readonly (readonly [Uint8Array, Uint8Array])[]): Promise<void>
  /** Reads everything. @returns how many entries there are */
  readAll(): Promise<number>
  close(): Promise<void>
}

export type EngineName = 'classic-level' | 'lmdb'

export async function openEngine(name: EngineName, folder: string): Promise<Engine> {
  return name === 'lmdb' ? openLmdb(folder) : openLevel(folder)
}

async function openLevel(folder: string): Promise<Engine> {
  const database = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' })
  await database.open({ compression: false })
  return {
    write: (entries) =>
      database.batch(
        entries.map(([key, value]) => ({ type: 'put', key, value })),
        { sync: true },
      ),
    async readAll() {
      const iterator = database.iterator()
      let count = 0
      for (let piece = await iterator.nextv(1000); piece.length > 0; piece = await iterator.nextv(1000)) {
        count += piece.length
      }
      await iterator.close()
      return count
    },
    close: () => database.close(),
  }
}

function openLmdb(folder: string): Engine {
  const database = open<Uint8Array, Uint8Array>({ path: folder, encoding: 'binary', keyEncoding: 'binary' })
  return {
    async write(entries) {
      await database.batch(() => {
        for (const [key, value] of entries) void database.put(key, value)
      })
      await database.flushed
    },
    readAll: async () => [...database.getRange()].length,
    close: () => database.close(),
  }
}
