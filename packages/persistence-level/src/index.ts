export { LevelPersistence } from './level-persistence.ts'
