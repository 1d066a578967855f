import { cp, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { writeToFailingDevice } from '../../support/persistence/failing-device.ts'
import { codeOf } from '../../support/nodes/simulated-nodes.ts'

const keys = 450
const journalBytes = 65_536
const flips = 10_000
const devices = 200

/** Damage to the files of a node of which everything was durable, and devices that fail. */
export const journalDamage: FaultRow = {
  name: 'journal-damage',
  fault:
    'A journal of 64 KiB is cut off at every byte, 10,000 bits are flipped, and a device says ENOSPC or EIO 200 times.',
  mustHold: 'All damage is detected or harmless, and nothing is called durable that a restart does not find.',
  wanted: journalBytes + flips + devices,
  unit: 'truncations, bit flips and failures',
  async open() {
    const root = await mkdtemp(join(tmpdir(), 'ts2p-faults-damage-'))
    const whole = await Whole.create(root)
    return {
      slice: (from, until) =>
        runCases(from, until, (index) => {
          if (index < journalBytes) return whole.truncateAt(index)
          if (index < journalBytes + flips) return whole.flipBit(index)
          return writeToFailingDevice(index)
        }),
      close: () => rm(root, { recursive: true, force: true }),
    }
  },
}

interface StoredFile {
  readonly path: string
  readonly bytes: number
}

/** The files of a node, as a kill would leave them: with everything in the journal; and after a restart, in tables. */
class Whole {
  readonly #root: string
  readonly #id: string
  readonly #sources: Readonly<Record<'journal' | 'tables', readonly StoredFile[]>>

  private constructor(root: string, id: string, sources: Record<'journal' | 'tables', readonly StoredFile[]>) {
    this.#root = root
    this.#id = id
    this.#sources = sources
  }

  static async create(root: string): Promise<Whole> {
    const live = join(root, 'live')
    const socket = createNode(live)
    await socket.ready
    for (let key = 0; key < keys; key += 1) {
      socket.set(`key/${key}`, valueOf(key))
      // oxlint-disable-next-line no-await-in-loop -- in several batches
      if (key % 10 === 9) await socket.flush()
    }
    await cp(live, join(root, 'journal'), { recursive: true })
    await socket.close()
    const again = createNode(live)
    await again.ready
    await again.close()
    await cp(live, join(root, 'tables'), { recursive: true })
    const sources = { journal: await filesOf(join(root, 'journal')), tables: await filesOf(join(root, 'tables')) }
    const whole = new Whole(root, socket.id, sources)
    for (const from of ['journal', 'tables'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const outcome = await whole.#outcomeOf(from, async () => undefined)
      if (outcome !== 'whole') throw new Error(`An untouched copy opens as ${outcome}.`)
    }
    return whole
  }

  /** Cuts off the last 64 KiB of the journal, byte by byte, from the end. */
  async truncateAt(index: number): Promise<CaseResult> {
    const journal = this.#sources.journal.find(({ path }) => /^entries.*\.log$/.test(path))
    if (!journal || journal.bytes < journalBytes) throw new Error('There is no journal of 64 KiB.')
    const bytes = journal.bytes - 1 - index
    const outcome = await this.#outcomeOf('journal', (folder) => truncate(join(folder, journal.path), bytes))
    const isDetected = outcome === 'PERSISTENCE_CORRUPT'
    return { violations: unless(isDetected, `Cut off at ${bytes} of ${journal.bytes} bytes: ${outcome}.`) }
  }

  /** Half of the bits are where the entries are, the others in the small files on which all depends. */
  async flipBit(index: number): Promise<CaseResult> {
    const random = randomOf(index)
    const from = random.pick(['journal', 'tables'] as const)
    const files = this.#sources[from].filter(({ path, bytes }) => bytes > 0 && !/LOCK$|LOG$/.test(path))
    const largest = files.toSorted((x, y) => y.bytes - x.bytes)[0]
    const file = random.chance(0.5) && largest ? largest : random.pick(files)
    const [at, bit] = [random.integer(0, file.bytes - 1), random.integer(0, 7)]
    const outcome = await this.#outcomeOf(from, async (folder) => {
      const handle = await open(join(folder, file.path), 'r+')
      const byte = new Uint8Array(1)
      await handle.read(byte, 0, 1, at)
      await handle.write(Uint8Array.of((byte[0] ?? 0) ^ (1 << bit)), 0, 1, at)
      await handle.close()
    })
    const holds = outcome === 'PERSISTENCE_CORRUPT' || outcome === 'whole'
    return { violations: unless(holds, `Bit ${bit} of byte ${at} of ${file.path} flipped: ${outcome}.`) }
  }

  /** Does something to a copy. @returns 'whole' when all was found, else the code of what was thrown */
  async #outcomeOf(from: 'journal' | 'tables', damage: (folder: string) => Promise<void>): Promise<string> {
    const folder = join(this.#root, 'damaged')
    await cp(join(this.#root, from), folder, { recursive: true })
    await damage(folder)
    const socket = createNode(folder)
    try {
      await socket.ready
      for (let key = 0; key < keys; key += 1) {
        if (socket.get(`key/${key}`) !== valueOf(key)) return `key/${key} was lost without a word`
      }
      return socket.id === this.#id ? 'whole' : 'another identity'
    } catch (error) {
      return codeOf(error)
    } finally {
      await socket.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function createNode(folder: string): SyncSocket<string, string> {
  return new SyncSocket<string, string>({
    transports: [tcp()],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    persistence: new LevelPersistence(folder),
  })
}

function valueOf(key: number): string {
  return `${key}`.repeat(20)
}

async function filesOf(folder: string): Promise<StoredFile[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = names.filter((name) => name.isFile()).map((name) => join(name.parentPath, name.name))
  return Promise.all(
    paths.map(async (path) => ({ path: path.slice(folder.length + 1), bytes: (await stat(path)).size })),
  )
}
