export { useSyncMap, useSyncStatus, useSyncValue } from './hooks.ts'
export type { KeyPrefix, SetSyncValue } from './hooks.ts'
export type { SyncStatus } from './status-view.ts'
