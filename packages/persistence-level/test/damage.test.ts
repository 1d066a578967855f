import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { scaled } from '@ts2p/test-config/scaled'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Whatever is done to the files of a node of which everything was durable: it opens with all of it, or not at all and says
// so. TS2P_DAMAGE=all does it at every byte, and 10,000 times.
const isAll = process.env['TS2P_DAMAGE'] === 'all'
const keys = 450
let root: string
let whole: string
/** The same after a restart, when LevelDB has put its log into a table. */
let inTables: string
let id: string

function create(folder: string): SyncSocket<string, string> {
  return new SyncSocket<string, string>({
    transports: [tcp()],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    persistence: new LevelPersistence(folder),
  })
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ts2p-damage-'))
  whole = join(root, 'whole')
  const socket = create(join(root, 'live'))
  await socket.ready
  id = socket.id
  for (let key = 0; key < keys; key += 1) {
    socket.set(`key/${key}`, `${key}`.repeat(20))
    if (key % 10 === 9) await socket.flush()
  }
  // As a kill would leave it: with everything in the log.
  await cp(join(root, 'live'), whole, { recursive: true })
  await socket.close()
  const again = create(join(root, 'live'))
  await again.ready
  await again.close()
  inTables = join(root, 'in-tables')
  await cp(join(root, 'live'), inTables, { recursive: true })
}, 60_000)

afterAll(() => rm(root, { recursive: true, force: true }))

/** Does something to a copy. @returns 'whole' when all was found, else the code of what was thrown */
async function outcomeOf(damage: (folder: string) => Promise<void>, from = whole): Promise<string> {
  const folder = join(root, 'damaged')
  await cp(from, folder, { recursive: true })
  await damage(folder)
  const socket = create(folder)
  try {
    await socket.ready
    for (let key = 0; key < keys; key += 1) {
      if (socket.get(`key/${key}`) !== `${key}`.repeat(20)) return `key/${key} was lost without a word`
    }
    return socket.id === id ? 'whole' : 'another identity'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  } finally {
    await socket.close()
    await rm(folder, { recursive: true })
  }
}

async function filesOf(folder: string): Promise<{ path: string; bytes: number }[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = names.filter((name) => name.isFile()).map((name) => join(name.parentPath, name.name))
  return Promise.all(
    paths.map(async (path) => ({ path: path.slice(folder.length + 1), bytes: (await readFile(path)).length })),
  )
}

/** A generator of numbers below `most`, the same each time (Park and Miller). */
function chance(seed: number): (most: number) => number {
  let state = seed
  return (most) => {
    state = (state * 48_271) % 2_147_483_647
    return state % most
  }
}

describe('damage to the files', () => {
  const expected = ['PERSISTENCE_CORRUPT', 'whole']

  test('an untouched copy opens with everything', async () => {
    expect(await outcomeOf(async () => {})).toBe('whole')
  })

  test('the log cut off at any byte is noticed', async () => {
    const log = (await filesOf(whole)).find(({ path }) => /^entries.*\.log$/.test(path)) ?? { path: '', bytes: 0 }
    expect(log.bytes).toBeGreaterThan(64 * 1024)
    const outcomes: Record<string, number> = {}
    for (
      let bytes = 0;
      bytes < log.bytes;
      bytes += isAll || bytes > log.bytes - scaled(30, 200) ? 1 : scaled(2003, 97)
    ) {
      const outcome = await outcomeOf((folder) => truncate(join(folder, log.path), bytes))
      expect(outcome, `cut off at ${bytes} of ${log.bytes}`).toBe('PERSISTENCE_CORRUPT')
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    console.log(`a log of ${log.bytes} bytes cut off:`, outcomes)
  }, 3_600_000)

  test.each([
    ['log', /\.log$/],
    ['table', /\.ldb$/],
  ])(
    'a bit that is another, in the %s or any file, is noticed or does no harm',
    async (kind, largest) => {
      const from = kind === 'log' ? whole : inTables
      const files = (await filesOf(from)).filter(({ path, bytes }) => bytes > 0 && !/LOCK$|LOG$/.test(path))
      const all = files.reduce((sum, { bytes }) => sum + bytes, 0)
      const next = chance(20)
      const outcomes: Record<string, number> = {}
      for (let flip = 0; flip < (isAll ? 10_000 : scaled(20, 200)); flip += 1) {
        // Half of them where the entries are, the rest in the small files on which all depends.
        const large = files.find(({ path, bytes }) => largest.test(path) && bytes > all / 2)
        const file = (flip % 2 === 0 ? large : files[next(files.length)]) ?? { path: '', bytes: all }
        const at = next(file.bytes)
        const bit = next(8)
        const outcome = await outcomeOf(async (folder) => {
          const bytes = await readFile(join(folder, file.path))
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
          await writeFile(join(folder, file.path), bytes)
        }, from)
        expect(expected, `bit ${bit} of byte ${at} of ${file.path}: ${outcome}`).toContain(outcome)
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      }
      console.log(`bits changed, of ${kind} and others:`, outcomes)
    },
    3_600_000,
  )

  test('a table that LevelDB was ended in the middle of is no damage', async () => {
    const outcome = await outcomeOf(async (folder) => {
      const table = (await filesOf(folder)).find(({ path }) => path.endsWith('.ldb'))
      const bytes = await readFile(join(folder, table?.path ?? ''))
      await writeFile(join(folder, 'entries', '000999.ldb'), bytes.subarray(0, bytes.length - 20))
      await writeFile(join(folder, 'entries', '000998.ldb'), '')
    }, inTables)
    expect(outcome).toBe('whole')
  })

  test('a table cut off anywhere is noticed', async () => {
    const table = (await filesOf(inTables)).find(({ path }) => path.endsWith('.ldb')) ?? { path: '', bytes: 0 }
    for (let bytes = 0; bytes < table.bytes; bytes += bytes > table.bytes - 60 ? 1 : scaled(2003, 997)) {
      const outcome = await outcomeOf((folder) => truncate(join(folder, table.path), bytes), inTables)
      expect(outcome, `cut off at ${bytes} of ${table.bytes}`).toBe('PERSISTENCE_CORRUPT')
    }
  })

  test('any file that is gone is noticed, or does no harm', async () => {
    for (const { path } of await filesOf(whole)) {
      const outcome = await outcomeOf((folder) => rm(join(folder, path)))
      expect(expected, `without ${path}: ${outcome}`).toContain(outcome)
    }
    expect(await outcomeOf((folder) => rm(join(folder, 'entries'), { recursive: true }))).toBe('PERSISTENCE_CORRUPT')
  })
})
