import { expect, test } from 'vitest'
import { json } from '../src/dictionary/encodings.ts'
import type { StandardSchema, ValidationResult } from '../src/dictionary/schema.ts'
import { DecodingError, ValidationError } from '../src/errors.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'
import { atHost, connect, createNetwork } from './network.test-helper.ts'

type Value = string | { readonly count: number }

/** A validator as zod, valibot and arktype make them. */
function standard(validate: (value: unknown) => ValidationResult | Promise<ValidationResult>): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

const hasCount = standard((value) =>
  typeof (value as { count?: unknown } | null)?.count === 'number'
    ? { value }
    : { issues: [{ message: 'count must be a number', path: ['count'] }] },
)

async function startPair(schema: SyncSocketOptions<string, Value>['schema']): Promise<{
  network: ReturnType<typeof createNetwork>
  checked: SyncSocket<string, Value>
  free: SyncSocket<string, Value>
}> {
  const network = createNetwork(1)
  const options = { keyEncoding: 'utf8', valueEncoding: 'json', leasing: false } as const
  const checked = new SyncSocket<string, Value>({
    ...{ ...options, ...atHost(network, network.simulation.host('checked')) },
    ...(schema && { schema }),
  })
  const free = new SyncSocket<string, Value>({ ...options, ...atHost(network, network.simulation.host('free')) })
  await Promise.all([checked.listen(), free.listen()])
  await connect(network, free, 'checked')
  return { network, checked, free }
}

test('a value that does not fit is refused when it is set, by each method, and nothing changes', async () => {
  const { checked } = await startPair([{ prefix: 'job/', validate: hasCount }])
  checked.set('job/1', { count: 1 }).set('other', 'anything')
  const bad = { count: 'many' } as unknown as Value
  for (const write of [
    () => checked.set('job/2', bad),
    () => checked.update({ 'job/1': { count: 2 }, 'job/2': bad }),
    () => checked.setdefault('job/2', bad),
    () => checked.applyDelta('job/1', bad),
  ])
    expect(write).toThrow(
      expect.objectContaining({
        code: 'VALIDATION',
        issues: [{ message: 'count must be a number', path: ['count'] }],
        message: expect.stringContaining('does not fit its schema: count must be a number.') as string,
      }),
    )
  expect([...checked]).toEqual([
    ['job/1', { count: 1 }],
    ['other', 'anything'],
  ])
})

test('one that comes from another node is as one that cannot be decoded', async () => {
  const { network, checked, free } = await startPair([{ prefix: 'job/', validate: hasCount }])
  const [changes, undecodable]: [string[], unknown[]] = [[], []]
  checked.on('change', ({ key }) => changes.push(key))
  checked.on('undecodable', ({ key, error }) => undecodable.push([key, error.cause instanceof ValidationError]))
  free.set('job/good', { count: 1 }).set('job/bad', 'none').set('free', 'none')
  network.simulation.runFor(1000)
  expect(changes).toEqual(['job/good', 'free'])
  expect(undecodable).toEqual([['job/bad', true]])
  expect([...checked.keys({ prefix: 'job/' })]).toEqual(['job/good', 'job/bad'])
  expect([...checked.entries({ prefix: 'job/' })]).toEqual([['job/good', { count: 1 }]])
  expect(() => checked.get('job/bad')).toThrow(DecodingError)
  expect(() => checked.get('job/bad')).toThrow(/is not what its schema here says.*the same schemas/)
})

test('each prefix may have an encoding, and the longest that fits counts', async () => {
  const { network, checked, free } = await startPair([
    { prefix: '', valueEncoding: json() },
    {
      prefix: 'text/',
      valueEncoding: {
        name: 'utf8',
        encode: (text) => Buffer.from(JSON.stringify(text).slice(1, -1)),
        decode: (bytes) => Buffer.from(bytes).toString(),
      },
    },
    { prefix: 'text/json/', valueEncoding: 'json' },
  ])
  checked.set('text/a', 'plain').set('text/json/a', 'quoted')
  network.simulation.runFor(1000)
  expect(() => free.get('text/a')).toThrow(DecodingError)
  expect(free.get('text/json/a')).toBe('quoted')
  expect(checked.get('text/json/a')).toBe('quoted')
})

test('a wrong schema is refused by name', async () => {
  const network = createNetwork(2)
  const options = atHost(network, network.simulation.host('a'))
  for (const [schema, argument] of [
    [{}, 'schema'],
    [[{ prefix: 7 }], 'schema.prefix'],
    [[{ prefix: 'a', validate: () => true }], 'schema.validate'],
    [[{ prefix: 'a', valueEncoding: 'jsno' }], 'schema.valueEncoding'],
    [[{ prefix: 'a', validator: hasCount }], 'schema.validator'],
    [[{ prefix: 'a' }, { prefix: 'a' }], 'schema'],
  ] as const)
    expect(() => new SyncSocket({ ...options, schema: schema as never })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', argument }),
    )
  const { checked } = await startPair([{ prefix: '', validate: standard((value) => Promise.resolve({ value })) }])
  expect(() => checked.set('key', 'x')).toThrow(expect.objectContaining({ argument: 'schema.validate' }))
})
