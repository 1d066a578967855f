/** A figure, and what it must be. */
export interface Result {
  readonly title: string
  readonly value: string
  /** Undefined: there is no goal. */
  readonly goal?: { readonly text: string; readonly isMet: boolean }
}

/** A line of a chart. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** What is drawn. */
export interface Chart {
  /** The file's name, without .svg. */
  readonly name: string
  readonly title: string
  readonly x: { readonly title: string; readonly isLogarithmic?: boolean }
  readonly y: { readonly title: string }
  readonly series: readonly Series[]
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
