import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'

// kill -9 of a process under load; TS2P_FULL=1 or TS2P_KILLS=1000 for more.
const kills = Number(process.env['TS2P_KILLS'] ?? scaled(5, 100))
const writer = fileURLToPath(new URL('writer.mjs', import.meta.url))

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

/** Runs a writer until it has said so many lines, and kills it. */
function live(folder: string, options: { lines: number; stepMs: number }): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, String(options.stepMs)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [text, complaints, lines] = ['', '', 0]
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      lines += piece.split('\n').length - 1
      if (lines >= options.lines) child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (complaints += piece))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(lifeOf(text))
      else reject(new Error(`The writer ended by itself, with ${code}: ${complaints}`))
    })
  })
}

function lifeOf(text: string): Life {
  // The last line may be half a line.
  const said = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  const [, id = '', found, size] = said.find(([word]) => word === 'found') ?? []
  return {
    id,
    found: Number(found),
    size: Number(size),
    durable: Math.max(0, ...said.filter(([word]) => word === 'durable').map(([, until]) => Number(until))),
    tokens: said.filter(([word]) => word === 'set').map(([, , token = '']) => token),
  }
}

test(`after each of ${kills} kills under load: what was durable is there, identity and timestamps never go back`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ts2p-kill-'))
  let [durable, latestToken, id, lost] = [0, '', '', 0]
  let written = 0
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      // The wall clock of every other life is an hour behind.
      const life = await live(folder, { lines: 2 + ((kill * 7919) % 2500), stepMs: kill % 2 === 0 ? 0 : -3_600_000 })
      id ||= life.id
      expect(life.id).toBe(id)
      expect(life.found, `what life ${kill} found of what was durable before`).toBeGreaterThanOrEqual(durable)
      expect(life.size, `keys beyond a gap, in life ${kill}`).toBe(life.found)
      const [firstToken = '~'] = life.tokens
      expect(firstToken > latestToken, `${firstToken} of life ${kill} after ${latestToken}`).toBe(true)
      lost += Math.max(0, written - life.found)
      durable = Math.max(life.durable, life.found)
      latestToken = life.tokens.at(-1) ?? latestToken
      written = life.found + life.tokens.length
    }
    console.log(`${kills} kills: ${durable} keys durable, ${lost} writes lost that were not called durable`)
    expect(durable).toBeGreaterThan(0)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 900_000)
