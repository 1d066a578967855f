import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import { readAll } from '@ts2p/persistence-contract'
import { IndexedDbPersistence } from './indexed-db-persistence.ts'
import 'fake-indexeddb/auto'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const entry = (key: number, value: number) => ({ key: bytes(key), value: bytes(value) })
const inUse = { code: 'PERSISTENCE_IN_USE' }

/** What a page finds that is opened last. */
async function found(): Promise<number[][]> {
  const persistence = new IndexedDbPersistence('node')
  const entries = await readAll(persistence)
  await persistence.close()
  return entries.map(({ key, value }) => [...key, ...value])
}

describe('two pages of an insecure origin, which has no locks', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory()
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
  })

  test('the page that was opened later takes over with its first write; the earlier one writes nothing more', async () => {
    const [anna, bert] = [new IndexedDbPersistence('node'), new IndexedDbPersistence('node')]
    await readAll(anna)
    await anna.write([entry(1, 1)])
    expect(await readAll(bert)).toHaveLength(1)
    await bert.write([entry(2, 2)])
    await expect(anna.write([entry(1, 9), entry(3, 9)])).rejects.toMatchObject(inUse)
    await expect(anna.write([entry(3, 9)])).rejects.toMatchObject(inUse)
    await bert.write([entry(4, 4)])
    await Promise.all([anna.close(), bert.close()])
    expect(await found()).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ])
  })

  test('a page that has read before the other wrote cannot write what it knows', async () => {
    const [anna, bert] = [new IndexedDbPersistence('node'), new IndexedDbPersistence('node')]
    await readAll(anna)
    await anna.write([entry(1, 1)])
    await readAll(bert)
    await anna.write([entry(1, 2)])
    await expect(bert.write([entry(1, 9)])).rejects.toMatchObject(inUse)
    await anna.write([entry(3, 3)])
    await Promise.all([anna.close(), bert.close()])
    expect(await found()).toEqual([
      [1, 2],
      [3, 3],
    ])
  })

  test('of two pages that write at the same time one is refused', async () => {
    const [anna, bert] = [new IndexedDbPersistence('node'), new IndexedDbPersistence('node')]
    await Promise.all([readAll(anna), readAll(bert)])
    const outcomes = await Promise.allSettled([anna.write([entry(1, 1)]), bert.write([entry(1, 2), entry(2, 2)])])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await Promise.all([anna.close(), bert.close()])
    expect(await found()).toEqual([[1, 1]])
  })

  test('a page that reads while another writes does not take a mixture for damage', async () => {
    const [anna, bert] = [new IndexedDbPersistence('node'), new IndexedDbPersistence('node')]
    await readAll(anna)
    const many = Array.from({ length: 2500 }, (_, index) => ({
      key: bytes(2, index >> 8, index & 255),
      value: bytes(1),
    }))
    await anna.write(many)
    const pieces = bert.open()
    await pieces.next()
    await anna.write(many.map(({ key }) => ({ key, value: undefined })))
    await expect(pieces.next()).rejects.toMatchObject(inUse)
    await Promise.all([anna.close(), bert.close()])
    expect(await found()).toEqual([])
  })

  test('a page whose storage was cleared writes no part of what it knows', async () => {
    const anna = new IndexedDbPersistence('node')
    await readAll(anna)
    await anna.write([entry(1, 1), entry(2, 2)])
    await anna.close()
    globalThis.indexedDB = new IDBFactory()
    await expect(anna.write([entry(2, 3)])).rejects.toMatchObject({ code: 'PERSISTENCE_FAILED' })
    await anna.close()
    expect(await found()).toEqual([])
  })
})
