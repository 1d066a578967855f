export { NoiseError } from './noise-error.ts'
export { noise } from './noise.ts'
export type { NoiseOptions } from './noise.ts'
