import type { Random } from '@ts2p/simulator'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { FlatMemory } from '../../support/resources/flat-memory.ts'
import { countHandles, handlesFault } from '../../support/resources/handles.ts'

type Dictionary = SyncSocket<string, string>

/** Where a pair is when it closes: after as many of these steps. */
const steps: readonly ((pair: Pair) => Promise<unknown> | undefined)[] = [
  ({ anna }) => anna.listen(),
  ({ bert }) => bert.listen(),
  ({ anna, bert }) => bert.connect('127.0.0.1', anna.addresses[0]?.port ?? 1),
  ({ anna, bert }) => Promise.all([heard(bert), Promise.resolve(anna.set('key', 'of anna'))]),
  ({ bert }) => bert.writable(),
  ({ anna, bert }) => bert.request(anna.id, ['hello']),
  ({ anna }) => void anna.send(['a broadcast']),
]

interface Pair {
  readonly anna: Dictionary
  readonly bert: Dictionary
}

/** Sockets that are made and closed, over and over. */
export const close: FaultRow = {
  name: 'close',
  fault: '10,000 pairs of sockets link over tcp, set a key, and close at each await point.',
  mustHold: 'No handle is left, no event comes after close() resolved, and memory grows by at most 5 %.',
  wanted: 10_000,
  unit: 'pairs',
  figure: '% growth of RSS',
  open() {
    const memory = new FlatMemory({ warmUp: 1000, every: 100 })
    const handles = countHandles()
    return {
      slice: (from, until) =>
        runCases(from, until, async (index) => {
          const violations = await runPair(index)
          const left = await handlesFault(handles)
          const growth = memory.count()
          return {
            ...(growth !== undefined && { figure: growth }),
            violations: [
              ...violations,
              ...(left ? [left] : []),
              ...unless(growth === undefined || growth <= 5, `Memory has grown by ${growth?.toFixed(1)} %.`),
            ],
          } satisfies CaseResult
        }),
    }
  },
}

/** A pair goes so many steps, the last of which it does not wait for every other time, and closes. */
async function runPair(index: number): Promise<string[]> {
  const random = randomOf(index)
  const last = index % (steps.length + 1)
  const isAwaited = random.chance(0.5)
  const pair = { anna: create(), bert: create() }
  pair.anna.registerHandler((message) => {
    if (message.type === 'request') message.reply(['hello yourself']).catch(() => undefined)
    return true
  })
  const late: string[] = []
  const closed = new Set<Dictionary>()
  for (const socket of [pair.anna, pair.bert]) tellLate(socket, (event) => closed.has(socket) && late.push(event))
  try {
    await goSteps(pair, last, { random, isAwaited })
  } catch (error) {
    await Promise.all([pair.anna.close(), pair.bert.close()])
    throw error
  }
  const order = random.chance(0.5) ? [pair.anna, pair.bert] : [pair.bert, pair.anna]
  const closing = order.map(async (socket) => {
    await Promise.all([socket.close(), socket.close()])
    closed.add(socket)
  })
  await Promise.all(closing)
  for (let turn = 0; turn < 5; turn += 1) {
    // oxlint-disable-next-line no-await-in-loop -- turns of the event loop, in which late events would come
    await new Promise((resolve) => setImmediate(resolve))
  }
  return unless(late.length === 0, `After ${last} steps, events came after close(): ${late.join(', ')}.`)
}

function create(): Dictionary {
  return new SyncSocket<string, string>({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
}

function tellLate(socket: Dictionary, tell: (event: string) => void): void {
  socket.on('connect', () => tell('connect'))
  socket.on('disconnect', () => tell('disconnect'))
  socket.on('peer-connect', () => tell('peer-connect'))
  socket.on('peer-disconnect', () => tell('peer-disconnect'))
  socket.on('message', () => tell('message'))
  socket.on('change', () => tell('change'))
}

function heard(socket: Dictionary): Promise<void> {
  return new Promise((resolve) => socket.once('change', () => resolve()))
}

/** Goes the first steps, and does not wait for the last one unless told to. */
async function goSteps(pair: Pair, count: number, how: { random: Random; isAwaited: boolean }): Promise<void> {
  for (const [at, step] of steps.slice(0, count).entries()) {
    const done = step(pair)
    done?.catch(() => undefined)
    if (at < count - 1 || how.isAwaited) {
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await done
      continue
    }
    // A moment later than the call: somewhere in the midst of it.
    for (let turns = how.random.integer(0, 5); turns > 0; turns -= 1) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
