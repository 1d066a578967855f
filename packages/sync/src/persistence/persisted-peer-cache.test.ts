import { nodeIdFromHash } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { decodeNodes, PersistedPeerCache } from './persisted-peer-cache.ts'

const node = (byte: number) => ({
  id: nodeIdFromHash(new Uint8Array(32).fill(byte)),
  addresses: [{ transport: 'tcp', host: `10.0.0.${byte}`, port: 4444 }],
})

test('the nodes that were saved are there again, and the same ones are not written twice', async () => {
  const written: Uint8Array[] = []
  const persisted = new PersistedPeerCache([], (bytes) => void written.push(bytes))
  expect(await persisted.load()).toEqual([])
  persisted.save([node(1), node(2)])
  persisted.save([node(2), node(1)])
  expect(written.length).toBe(1)
  persisted.save([node(1), node(3)])
  expect(written.length).toBe(2)
  const again = new PersistedPeerCache(decodeNodes(written[1] ?? new Uint8Array(0)), () => undefined)
  expect(await again.load()).toEqual([node(1), node(3)])
})

test('what is no list of nodes is not taken for one', () => {
  expect(() => decodeNodes(new Uint8Array([1, 2, 3]))).toThrow(/peers/)
})
