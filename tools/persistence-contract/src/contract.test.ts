import { MemoryPersistence } from '@ts2p/sync'
import { persistenceContract } from './contract.ts'

persistenceContract('memory', () => {
  const memory = new MemoryPersistence()
  return { make: () => memory, remove: () => undefined }
})
