import type { Chart } from '@ts2p/charts'

/** A figure, and what it must be. */
export interface Result {
  readonly title: string
  readonly value: string
  /** Undefined: there is no goal. */
  readonly goal?: { readonly text: string; readonly isMet: boolean }
}

/** What an experiment yields. */
export interface Findings {
  readonly results: readonly Result[]
  readonly charts: readonly Chart[]
}

/** A share as text. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share === 1 ? 0 : 2)} %`
}

export function atMost(title: string, value: number, most: number, unit = ''): Result {
  return { title, value: `${value.toFixed(3)}${unit}`, goal: { text: `at most ${most}${unit}`, isMet: value <= most } }
}

export function everyone(title: string, { reached, expected }: { reached: number; expected: number }): Result {
  return {
    title,
    value: `${reached} of ${expected}`,
    goal: { text: 'all', isMet: reached === expected },
  }
}
