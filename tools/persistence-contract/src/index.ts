export { persistenceContract } from './contract.ts'
export { readAll } from './read-all.ts'
export type { Place } from './place.ts'
