export { inspect } from './inspect.ts'
export type { InspectOptions, Inspector } from './inspect-options.ts'
export type { Inspected } from './inspected.ts'
