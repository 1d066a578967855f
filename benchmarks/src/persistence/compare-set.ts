import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { LevelPersistence } from '@ts2p/persistence-level'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { median } from '../running/median.ts'
import { sampleBytes, sampleKeys, shuffled } from '../running/samples.ts'

const roundsPerRun = 20

/** What `set` takes with persistence, beside without; nanoseconds. */
export interface SetFigures {
  /** A turn in which every key is set, until the turn has ended. */
  readonly turnNs: number
  /** The same again and again without a pause, with all that is done behind it meanwhile. */
  readonly sustainedNs: number
}

/** The two take turns, so that what else the machine does falls on both. */
export async function compareSet(count: number, runs: number): Promise<{ without: SetFigures; kept: SetFigures }> {
  const folder = mkdtempSync(join(tmpdir(), 'ts2p-set-'))
  const [plain, keeping] = [create(), create(folder)]
  await Promise.all([plain.ready, keeping.ready])
  const figures: { without: SetFigures[]; kept: SetFigures[] } = { without: [], kept: [] }
  try {
    for (let run = 0; run <= runs; run += 1) {
      const [without, kept] = [await measure(plain, count), await measure(keeping, count)]
      // The first run warms up.
      if (run === 0) continue
      figures.without.push(without)
      figures.kept.push(kept)
    }
    return { without: medianOf(figures.without), kept: medianOf(figures.kept) }
  } finally {
    await Promise.all([plain.close(), keeping.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

function create(folder?: string): SyncSocket<string> {
  const persistence = folder === undefined ? {} : { persistence: new LevelPersistence(folder) }
  return new SyncSocket<string>({ transports: [tcp()], keyEncoding: 'utf8', ...persistence })
}

async function measure(socket: SyncSocket<string>, count: number): Promise<SetFigures> {
  const entries = shuffled(sampleKeys(count).map((key) => [key, sampleBytes()] as const))
  const round = async (): Promise<number> => {
    const startedAt = performance.now()
    for (const [key, value] of entries) socket.set(key, value)
    await turn()
    return ((performance.now() - startedAt) / count) * 1e6
  }
  const turns: number[] = []
  for (let index = 0; index < 5; index += 1) {
    turns.push(await round())
    await socket.flush().catch(() => undefined)
  }
  const startedAt = performance.now()
  for (let index = 0; index < roundsPerRun; index += 1) await round()
  const sustainedNs = ((performance.now() - startedAt) / (roundsPerRun * count)) * 1e6
  await socket.flush().catch(() => undefined)
  return { turnNs: median(turns), sustainedNs }
}

function medianOf(figures: readonly SetFigures[]): SetFigures {
  return {
    turnNs: median(figures.map(({ turnNs }) => turnNs)),
    sustainedNs: median(figures.map(({ sustainedNs }) => sustainedNs)),
  }
}
