import { Random } from '@ts2p/simulator'
import type { SliceResult } from '../../row.ts'

/** How long a slice runs, milliseconds. */
const sliceMs = 1000
/** How long a sentence of a violation may be. */
const sentenceMax = 400

/** What came of one case. */
export interface CaseResult {
  readonly figure?: number
  /** What did not hold, one sentence each, without the number of the case. */
  readonly violations: readonly string[]
}

/** Runs cases one after the other for about a second. A case that throws is a violation. */
export async function runCases(
  from: number,
  until: number,
  runCase: (index: number) => Promise<CaseResult> | CaseResult,
): Promise<SliceResult> {
  const startedAt = performance.now()
  const violations: string[] = []
  let [done, worst] = [0, undefined as number | undefined]
  while (from + done < until && (done === 0 || performance.now() - startedAt < sliceMs)) {
    const index = from + done
    // oxlint-disable-next-line no-await-in-loop -- one case after the other
    const result = await attempt(() => runCase(index))
    if (result.figure !== undefined) worst = Math.max(worst ?? result.figure, result.figure)
    for (const sentence of result.violations) violations.push(`Case ${index}: ${sentence.slice(0, sentenceMax)}`)
    done += 1
  }
  return worst === undefined ? { done, violations } : { done, worst, violations }
}

async function attempt(run: () => Promise<CaseResult> | CaseResult): Promise<CaseResult> {
  try {
    return await run()
  } catch (error) {
    return { violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }
  }
}

/** A sentence if something does not hold, as an element of a list. */
export function unless(holds: boolean, sentence: string): string[] {
  return holds ? [] : [sentence]
}

/** The chance of a case. Not that of a simulation with the same number, whose nodes draw their identities from it. */
export function randomOf(index: number): Random {
  return new Random(index + 1_000_000_007)
}
