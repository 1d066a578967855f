import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'

const program = fileURLToPath(new URL('../../support/persistence/kept-writer.js', import.meta.url))
/** A folder serves so many lives, then a new one is begun: a node takes longer to open the more it holds. */
const livesPerFolder = 25
/** Most lines that a writer says before it is killed. */
const linesMax = 2500

/** What a writer said before it was killed. */
interface Life {
  readonly id: string
  /** How many keys it found, from the first on without a gap, and in all. */
  readonly found: number
  readonly size: number
  /** Keys that it called durable: all below this one. */
  readonly durable: number
  readonly tokens: readonly string[]
}

/** SIGKILL of a process that writes. */
export const killNine: FaultRow = {
  name: 'kill-9',
  fault: 'A process that writes with @ts2p/persistence-level as fast as it can is killed, 1,000 times.',
  mustHold: 'It opens with all that was called durable and no gap; identity and timestamps never go back.',
  wanted: 1000,
  unit: 'kills',
  figure: 'writes lost that were not called durable',
  open: () => new Kills(),
}

class Kills implements FaultRunner {
  #folder: string | undefined
  #lives = 0
  #before = { id: '', durable: 0, token: '', written: 0 }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => this.#kill(index))
  }

  async close(): Promise<void> {
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  async #kill(index: number): Promise<CaseResult> {
    if (this.#lives % livesPerFolder === 0) {
      await this.close()
      this.#before = { id: '', durable: 0, token: '', written: 0 }
    }
    this.#folder ??= await mkdtemp(join(tmpdir(), 'ts2p-faults-kill-'))
    this.#lives += 1
    const random = randomOf(index)
    // The wall clock of some lives is an hour behind.
    const stepMs = random.chance(0.5) ? 0 : -3_600_000
    // Every tenth is killed while it opens.
    const lines = random.chance(0.1) ? 0 : random.integer(1, linesMax)
    const life = await live(this.#folder, { lines, stepMs, openingMs: random.float() * 300 })
    if (!life) return { violations: [] }
    const { id, durable, token, written } = this.#before
    const [firstToken = '~'] = life.tokens
    this.#before = {
      id: life.id,
      durable: Math.max(life.durable, life.found),
      token: life.tokens.at(-1) ?? token,
      written: life.found + life.tokens.length,
    }
    return {
      figure: Math.max(0, written - life.found),
      violations: [
        ...unless(id === '' || life.id === id, `The identity ${id} has become ${life.id}.`),
        ...unless(life.found >= durable, `Of ${durable} durable keys, ${life.found} were found.`),
        ...unless(life.size === life.found, `${life.size - life.found} keys were found beyond a gap.`),
        ...unless(firstToken > token, `The timestamp ${firstToken} comes after ${token}.`),
      ],
    }
  }
}

/** Runs a writer until it has said so many lines, or for so long if none, and kills it. @returns undefined if it said nothing */
function live(
  folder: string,
  options: { lines: number; stepMs: number; openingMs: number },
): Promise<Life | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, String(options.stepMs)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const kill = (): void => void child.kill('SIGKILL')
    const timer = options.lines === 0 ? setTimeout(kill, options.openingMs) : undefined
    let [text, complaints, lines] = ['', '', 0]
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      lines += piece.split('\n').length - 1
      if (timer === undefined && lines >= options.lines) kill()
    })
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (complaints += piece))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(lifeOf(text))
      else reject(new Error(`The writer ended by itself, with ${code}: ${complaints}`))
    })
  })
}

function lifeOf(text: string): Life | undefined {
  // The last line may be half a line.
  const said = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  const [, id, found, size] = said.find(([word]) => word === 'found') ?? []
  if (id === undefined) return undefined
  return {
    id,
    found: Number(found),
    size: Number(size),
    durable: Math.max(0, ...said.filter(([word]) => word === 'durable').map(([, until]) => Number(until))),
    tokens: said.filter(([word]) => word === 'set').map(([, , token = '']) => token),
  }
}
