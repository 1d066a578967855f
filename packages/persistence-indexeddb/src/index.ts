export { IndexedDbPersistence } from './indexed-db-persistence.ts'
export type { IndexedDbOptions } from './indexed-db-persistence.ts'
