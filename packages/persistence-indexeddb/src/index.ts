export { IndexedDbPersistence } from './indexed-db-persistence.ts'
