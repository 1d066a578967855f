import { expect, test } from 'vitest'
import { SyncSocket } from '../src/sync-socket.ts'
import { atHost, createNetwork, startNetwork, startNode } from './network.test-helper.ts'

test('a misspelled option fails by name, with the nearest known one', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'anna')
  const options = atHost(network, network.simulation.host('bert'))
  // What a caller without types may write.
  const create = (extra: object): unknown => new SyncSocket({ ...options, ...extra })
  const unchecked = socket as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const [call, argument, nearest] of [
    [() => create({ valueEncodng: 'json' }), 'options.valueEncodng', 'valueEncoding'],
    [() => create({ seed: [] }), 'options.seed', undefined],
    [() => create({ storeLimits: { keyMax: 1 } }), 'storeLimits.keyMax', 'keysMax'],
    [() => unchecked['set']?.('key', 'value', { leaseSecond: 5 }), 'options.leaseSecond', 'leaseSeconds'],
    [() => unchecked['update']?.({}, { ifToken: null }), 'options.ifToken', undefined],
    [() => unchecked['watch']?.('', { inital: true }), 'options.inital', 'initial'],
    [() => unchecked['keys']?.({ prefx: 'a' }), 'options.prefx', 'prefix'],
    [() => unchecked['send']?.(['x'], { typ: 'a' }), 'options.typ', 'type'],
    [() => unchecked['close']?.({ relase: true }), 'options.relase', 'release'],
  ] as const) {
    const meant = nearest === undefined ? 'is no option' : `Did you mean ${nearest}?`
    expect(call).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', argument, message: expect.stringContaining(meant) as string }),
    )
  }
  for (const [promise, argument] of [
    [unchecked['connect']?.('bert:1', { timeout: 5 }), 'options.timeout'],
    [unchecked['request']?.(socket.id, [], { timeout: 5 }), 'options.timeout'],
    [unchecked['call']?.(socket.id, 'x', 1, { timeout: 5 }), 'options.timeout'],

    [unchecked['replicated']?.('key', { replica: 5 }), 'options.replica'],
  ] as const)
    await expect(promise).rejects.toMatchObject({ argument })
})

test('ifToken: a value is set only if the key is as it was read', async () => {
  const network = createNetwork(2)
  const { a, b } = await startNetwork(network, ['a', 'b'], { policies: [{ prefix: 'config/', leasing: false }] })
  a.set('config/x', '1', { ifToken: null })
  network.simulation.runFor(1000)
  const read = b.token('config/x') ?? ''
  expect(read).toBe(a.token('config/x'))
  a.set('config/x', '2', { ifToken: read })
  network.simulation.runFor(1000)
  expect(() => b.set('config/x', '3', { ifToken: read })).toThrow(
    expect.objectContaining({ code: 'TOKEN_MISMATCH', key: 'config/x', expected: read, token: b.token('config/x') }),
  )
  expect(() => b.set('config/x', '3', { ifToken: null })).toThrow(expect.objectContaining({ code: 'TOKEN_MISMATCH' }))
  expect(() => b.set('config/x', '3', { ifToken: 7 as never })).toThrow(
    expect.objectContaining({ argument: 'ifToken' }),
  )
  // A token that was not found must not turn the check off.
  expect(() => b.set('config/x', '3', { ifToken: b.token('nothing') as never })).toThrow(
    expect.objectContaining({ argument: 'ifToken' }),
  )
  expect([b.get('config/x'), b.token('nothing')]).toEqual(['2', undefined])
  // A leased key: its token is that of its lease.
  a.set('leased', 'x')
  a.set('leased', 'y', { ifToken: a.lease('leased')?.token ?? null })
  expect(a.get('leased')).toBe('y')
})
