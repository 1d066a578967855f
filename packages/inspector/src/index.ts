export { inspect } from './inspect.ts'
export type { InspectOptions, Inspector } from './inspect.ts'
export type { Inspected } from './node-metrics.ts'
