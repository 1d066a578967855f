import { IDBFactory } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { persistenceContract } from '@ts2p/persistence-contract'
import { IndexedDbPersistence } from './indexed-db-persistence.ts'
import 'fake-indexeddb/auto'

// A database in memory that follows the specification, and locks as browsers have them. In a real browser the same is
// run by examples/test/kept-in-browser.test.ts.
persistenceContract('IndexedDB', () => {
  globalThis.indexedDB = new IDBFactory()
  const held = new Set<string>()
  const locks = {
    request: async (name: string, _options: unknown, run: (lock: unknown) => unknown): Promise<void> => {
      if (held.has(name)) return void run(null)
      held.add(name)
      await run({ name })
      held.delete(name)
    },
  }
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true })
  return { make: () => new IndexedDbPersistence('node', { waitMs: 0 }), remove: () => undefined }
})

test('an option that there is not is refused', () => {
  const options: object = { waitms: 0 }
  expect(() => new IndexedDbPersistence('node', options)).toThrow(
    'options.waitms is no option. Did you mean waitMs? The options are waitMs.',
  )
})
