/** A line a + b·x. */
export interface Line {
  readonly a: number
  readonly b: number
  /** Share of the scatter that the line explains, 0 to 1. */
  readonly r2: number
}

/** The line nearest to points, by least squares. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const sum = (of: (x: number, y: number) => number): number => points.reduce((total, [x, y]) => total + of(x, y), 0)
  const b = sum((x, y) => (x - mx) * (y - my)) / sum((x) => (x - mx) ** 2)
  const a = my - b * mx
  const r2 = 1 - sum((x, y) => (y - a - b * x) ** 2) / sum((_, y) => (y - my) ** 2)
  return { a, b, r2 }
}
