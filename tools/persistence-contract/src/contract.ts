import type { Persistence } from '@ts2p/store'
import { describe, expect, test } from 'vitest'
import type { Place } from './place.ts'
import { readAll } from './read-all.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** Registers the tests that every persistence passes. */
export function persistenceContract(name: string, makePlace: () => Promise<Place> | Place): void {
  /** Runs a story at a new place, and closes whatever it has opened. */
  async function at(story: (make: () => Persistence) => Promise<void>): Promise<void> {
    const place = await makePlace()
    const made: Persistence[] = []
    try {
      await story(() => {
        const persistence = place.make()
        made.push(persistence)
        return persistence
      })
    } finally {
      for (const persistence of made) await persistence.close()
      await place.remove()
    }
  }

  /** What is there once everything was closed. */
  async function kept(make: () => Persistence): Promise<[number[], number[]][]> {
    const persistence = make()
    const entries = await readAll(persistence)
    await persistence.close()
    return entries.map(({ key, value }) => [[...key], [...value]])
  }

  describe(`${name} keeps the contract of a persistence`, () => {
    test('a new place is empty', () => at(async (make) => expect(await kept(make)).toEqual([])))

    test('what was written is there after a restart, ascending by bytes', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        const keys = [bytes(2, 255), bytes(0), bytes(2, 0), bytes(2), bytes(2, 128), bytes(1, 97), bytes(255)]
        await first.write(keys.map((key) => ({ key, value: bytes(7, ...key) })))
        await first.close()
        const ascending = [[0], [1, 97], [2], [2, 0], [2, 128], [2, 255], [255]]
        expect(await kept(make)).toEqual(ascending.map((key) => [key, [7, ...key]]))
      }))

    test('an entry is replaced, and deleted; one that was never there can be deleted', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        await first.write([1, 2, 3].map((key) => ({ key: bytes(key), value: bytes(10) })))
        await first.write([
          { key: bytes(1), value: bytes(11) },
          { key: bytes(2), value: undefined },
          { key: bytes(4), value: undefined },
        ])
        await first.close()
        expect(await kept(make)).toEqual([
          [[1], [11]],
          [[3], [10]],
        ])
      }))

    test('within a batch the last change of a key counts', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        await first.write([
          { key: bytes(1), value: bytes(1) },
          { key: bytes(1), value: bytes(2) },
          { key: bytes(3), value: bytes(3) },
          { key: bytes(3), value: undefined },
        ])
        await first.close()
        expect(await kept(make)).toEqual([[[1], [2]]])
      }))

    test('values may be empty, and a megabyte long; keys 1100 bytes', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        const [key, value] = [new Uint8Array(1100).fill(5), new Uint8Array(1_100_000).map((_, index) => index)]
        await first.write([
          { key: bytes(1), value: bytes() },
          { key, value },
        ])
        await first.close()
        const entries = await readAll(make())
        expect(entries.map((entry) => [entry.key.length, entry.value.length])).toEqual([
          [1, 0],
          [1100, 1_100_000],
        ])
        expect(entries[1]?.value.every((byte, index) => byte === index % 256)).toBe(true)
      }))

    test('views of a larger array are written as what they show, and may be used again afterwards', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        const whole = bytes(1, 2, 3, 4, 5, 6)
        await first.write([{ key: whole.subarray(1, 3), value: whole.subarray(3, 5) }])
        whole.fill(0)
        await first.close()
        expect(await kept(make)).toEqual([
          [
            [2, 3],
            [4, 5],
          ],
        ])
      }))

    test('many entries come in order, each once', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        const keys = Array.from({ length: 5000 }, (_, index) => bytes(2, index >> 8, index & 255))
        await first.write(keys.map((key) => ({ key, value: key })))
        await first.close()
        expect((await kept(make)).map(([key]) => key)).toEqual(keys.map((key) => [...key]))
      }))

    test('a second node is refused as long as the first is there', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        await expect(readAll(make())).rejects.toMatchObject({ code: 'PERSISTENCE_IN_USE' })
        await first.write([{ key: bytes(1), value: bytes(1) }])
        await first.close()
        expect(await kept(make)).toEqual([[[1], [1]]])
      }))

    test('it may be closed twice', () =>
      at(async (make) => {
        const first = make()
        await readAll(first)
        await first.close()
        await first.close()
        expect(await kept(make)).toEqual([])
      }))
  })
}
