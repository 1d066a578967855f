import { availableParallelism, cpus as processors } from 'node:os'
import type { Options } from '../options.ts'

/** Where and how figures were measured: without it they say nothing. */
export interface Circumstances {
  readonly node: string
  readonly processor: string
  readonly cpus: number
  /** The day, as 2027-01-31. */
  readonly day: string
  readonly runs: number
  readonly isQuick: boolean
}

export function circumstancesOf({ runs, isQuick }: Options): Circumstances {
  const processor = processors()[0]?.model.trim() ?? 'unknown'
  const day = new Date().toISOString().slice(0, 10)
  return { node: process.version, processor, cpus: availableParallelism(), day, runs, isQuick }
}

/** The same in a line, as it stands above tables and under charts. */
export function lineOfCircumstances({ node, processor, cpus, day, runs, isQuick }: Circumstances): string {
  const cases = runs === 1 ? 'one run of each case' : `medians of ${runs} runs of each case`
  return `Node ${node}, ${cpus} CPUs (${processor}), ${day}, ${isQuick ? 'a quick look: ' : ''}${cases}`
}
