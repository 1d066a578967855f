import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FaultRow, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'

const seeds = 1000
/** Seeds in one run of the test, which takes half a minute or so. */
const seedsPerSlice = 4
const run = promisify(execFile)
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const mesh = fileURLToPath(new URL('../../../../../packages/mesh/', import.meta.url))

/** Attackers who want to be the only neighbors that honest nodes have. The day is that of the mesh's own test, which knows the rules behind its API. */
export const eclipse: FaultRow = {
  name: 'eclipse',
  fault: '1,000 attackers in ten /16 networks dial 50 honest nodes for 24 virtual hours, and name each other only.',
  mustHold: 'At most one honest node has links with attackers only.',
  wanted: seeds,
  unit: 'seeds',
  figure: 'honest nodes isolated',
  open: () => ({ slice: (from, until) => runDays(from, Math.min(seedsPerSlice, until - from)) }),
}

async function runDays(from: number, count: number): Promise<SliceResult> {
  const { stdout } = await run(process.execPath, [vitest, 'run', 'test/eclipse.test.ts'], {
    cwd: mesh,
    env: {
      ...process.env,
      TS2P_FULL: '1',
      TS2P_ECLIPSE_FIRST_SEED: String(from + 1),
      TS2P_ECLIPSE_SEEDS: String(count),
    },
  })
  const isolated = /links to attackers only, by seed: ([\d ]+)/.exec(stdout)?.[1]?.trim().split(' ').map(Number) ?? []
  if (isolated.length !== count) throw new Error(`The test ran ${isolated.length} seeds instead of ${count}: ${stdout}`)
  return {
    done: count,
    worst: Math.max(...isolated),
    violations: isolated.flatMap((nodes, index) =>
      unless(nodes <= 1, `Case ${from + index}: ${nodes} honest nodes have links with attackers only.`),
    ),
  }
}
