export type { Axis, BarChart, Chart, Series } from './chart.ts'
export { drawBars } from './draw-bars.ts'
export { draw } from './draw-lines.ts'
