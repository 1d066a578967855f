/** A line of a chart. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Axis {
  readonly title: string
  readonly isLogarithmic?: boolean
}

/** Lines to be drawn. */
export interface Chart {
  /** The file's name, without .svg. */
  readonly name: string
  readonly title: string
  /** In small letters below the title. */
  readonly subtitle?: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/** Bars to be drawn, lying, the first one on top. */
export interface BarChart {
  readonly name: string
  readonly title: string
  readonly subtitle?: string
  readonly value: Axis
  readonly labels: readonly string[]
  /** For each label one bar of each; undefined: there is none. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[]
}
