import { readFileSync } from 'node:fs'
import { MemoryPersistence } from '@ts2p/sync'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { createNetwork, startNodes } from '../src/nodes.test-helper.ts'
import { clockCases, leases, runCase, sizes } from './clock-cases.test-helper.ts'
import type { ClockCase, Outcome } from './clock-cases.test-helper.ts'

// The table of docs/leases.md, "Wrong clocks": each of its cells is a test.

/** What the table says of a cell. */
interface Row {
  readonly lock: string
  readonly set: string
  readonly there: string
  readonly elsewhere: string
}

const isLong = scaled(0, 1) === 1
const table = readTable()

for (const clockCase of clockCases) {
  describe(`the clock of one node: ${clockCase.name}`, () => {
    for (const { name: lease, seconds } of leases) {
      for (const size of sizes.filter((each) => isLong || isQuick(clockCase, each, seconds))) {
        test(`a lease of ${lease}, ${size} nodes: as the table says; nothing is lost, and no two hold the lock`, async () => {
          const roles = isLong || (size < 10 && clockCase.asleepMs !== 7_200_000) ? [true, false] : [true]
          const outcomes: Outcome[] = []
          for (const oddHolds of roles) {
            outcomes.push(await runCase(clockCase, { seed: 1, size, leaseSeconds: seconds, oddHolds }))
          }
          expect(outcomes.map(({ twoMs }) => twoMs)).toEqual(roles.map(() => 0))
          expect(outcomes.flatMap(({ missing }) => missing)).toEqual([])
          expect(rowOf(outcomes)).toEqual(table.get(`${clockCase.name}, ${lease}, ${size}`))
        })
      }
    }
  })
}

test('the table has each cell once', () => {
  const cells = clockCases.flatMap(({ name }) =>
    leases.flatMap((lease) => sizes.map((size) => `${name}, ${lease.name}, ${size}`)),
  )
  expect([...table.keys()].toSorted()).toEqual(cells.toSorted())
})

test('a clock leaps by an hour, the node writes and crashes within the commit, the clock is set back: no token is given out twice', async () => {
  for (const seed of [1, 2, 3]) {
    const network = createNetwork(seed)
    const persistence = new CrashingPersistence()
    const options = { persistence, leaseSeconds: 3600 }
    const [before] = await startNodes(network, ['a'], options)
    if (!before) throw new Error('one node')
    const tokens: string[] = []
    const write = ({ socket }: typeof before, count: number): void => {
      for (let index = 0; index < count; index += 1) tokens.push(socket.set('key', 'x').lease('key')?.token ?? '')
    }
    // Not so far that the leases of the writes, whose timestamps stay behind, have run out.
    before.host.skewMs = 3_590_000
    const leaptTo = before.host.environment.now()
    persistence.isCrashed = true
    write(before, 100)
    network.crash(before.host)
    persistence.isCrashed = false
    network.simulation.runFor(1000)
    const [after] = await startNodes(network, ['a'], { ...options, persistence: persistence.copy() })
    if (!after) throw new Error('one node')
    write(after, 100)
    // The clock comes to the second to which it had leapt.
    after.host.skewMs = leaptTo - network.simulation.now
    write(after, 100)
    expect(tokens).not.toContain('')
    expect(tokens).toEqual([...new Set(tokens)].toSorted())
  }
})

/** Memory that a process which crashes does not write any more. */
class CrashingPersistence extends MemoryPersistence {
  isCrashed = false
  #written: Parameters<MemoryPersistence['write']>[0][] = []

  override write(batch: Parameters<MemoryPersistence['write']>[0]): Promise<void> {
    if (this.isCrashed) return new Promise(() => undefined)
    this.#written.push(batch)
    return super.write(batch)
  }

  /** The same, as another process finds it. */
  copy(): MemoryPersistence {
    const copy = new MemoryPersistence()
    for (const batch of this.#written) void copy.write(batch)
    return copy
  }
}

/** Cells that take long are left to the long runs: two hours of ten nodes, say. */
function isQuick({ asleepMs = 0 }: ClockCase, size: number, leaseSeconds: number): boolean {
  if (size === 10) return leaseSeconds === 10 && asleepMs < 3_600_000
  return size === 2 || asleepMs < 3_600_000 || leaseSeconds > 10
}

/** What several runs of one cell have shown together. */
function rowOf(outcomes: readonly Outcome[]): Row {
  const union = (sets: readonly ReadonlySet<string>[]): string =>
    [...new Set(sets.flatMap((codes) => [...codes]))].toSorted().join(', ')
  const locks = new Set(outcomes.map(({ lock }) => lock))
  return {
    // While the lease of the odd node runs the others wait for its end.
    lock: locks.has('the others') ? 'the others' : [...locks].join(' or '),
    set: [...new Set(outcomes.map(({ set }) => (set === 'writes' ? 'writes' : 'refused')))].join(' or '),
    there: union(outcomes.map(({ there }) => there)),
    elsewhere: union(outcomes.map(({ elsewhere }) => elsewhere)),
  }
}

/** The table of the document by cells: a row may stand for several. */
function readTable(): Map<string, Row> {
  const text = readFileSync(new URL('../../../docs/leases.md', import.meta.url), 'utf8')
  const [, section = ''] = text.split('### Wrong clocks')
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
  const cells = rows.flatMap((line) => {
    const [clocks = '', lease = '', nodes = '', lock = '', set = '', there = '', elsewhere = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim().replaceAll('`', ''))
    return clocks
      .split(', ')
      .flatMap((clock) =>
        lease
          .split(', ')
          .flatMap((each) =>
            nodes.split(', ').map((size) => [`${clock}, ${each}, ${size}`, { lock, set, there, elsewhere }] as const),
          ),
      )
  })
  if (new Set(cells.map(([cell]) => cell)).size < cells.length) throw new Error('The table has a cell twice.')
  return new Map(cells)
}
