import type { SyncSocket } from '@ts2p/sync'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { codeOf, createNetwork, nodePort, pass, startSync } from '../../support/nodes/simulated-nodes.ts'

const steps = 10_000
const skews = 200
/** A step, and how far a clock may be off before a node with three others must notice, milliseconds. */
const [stepMsMax, skewMsMax] = [86_400_000, 30_000]
const apart = { limits: { exchangeAddressesMax: 0 } }

/** A wall clock that steps, alone and among others whose clocks are right. */
export const clockSteps: FaultRow = {
  name: 'clock-steps',
  fault: 'The wall clock steps by up to a day in either direction, 10,000 times; 200 times among three other nodes.',
  mustHold:
    'No timestamp goes back, and a node off by more than 30 s from three others throws ClockSkewError on writes.',
  wanted: steps + skews,
  unit: 'steps',
  async open() {
    const lonely = await Lonely.start()
    return {
      slice: async (from, until): Promise<SliceResult> =>
        from < steps ? lonely.slice(from, Math.min(until, steps)) : runCases(from, until, skewAmongOthers),
    }
  },
}

/** A node without neighbors that writes after each step of its clock. */
class Lonely implements FaultRunner {
  readonly #socket: SyncSocket<string, string>
  readonly #setSkew: (ms: number) => void
  #latest = ''

  private constructor(socket: SyncSocket<string, string>, setSkew: (ms: number) => void) {
    this.#socket = socket
    this.#setSkew = setSkew
  }

  static async start(): Promise<Lonely> {
    const { host, socket } = await startSync(createNetwork(1), 'lonely')
    return new Lonely(socket, (ms) => (host.skewMs = ms))
  }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => {
      this.#setSkew(randomOf(index).integer(-stepMsMax, stepMsMax))
      // By turns one key, whose lease may run out by the step, and others.
      const key = index % 2 === 0 ? 'key' : `key ${index % 100}`
      const token = this.#socket.set(key, `${index}`).lease(key)?.token ?? ''
      const before = this.#latest
      this.#latest = token
      return { violations: unless(token > before, `The timestamp ${token} comes after ${before}.`) }
    })
  }
}

/** Four nodes: the clock of one steps, and steps back. */
async function skewAmongOthers(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1)
  const names = ['a', 'b', 'c']
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (const name of names) await startSync(network, name, apart)
  const { host, socket } = await startSync(network, 'skewed', apart)
  for (const name of names) {
    socket.connect(name, nodePort).catch(() => undefined)
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, 500)
  }
  const linked = socket.routingTable?.size ?? 0
  socket.set('key', 'before')
  const isWrong = random.chance(0.7)
  const ms = isWrong ? random.integer(skewMsMax + 2000, stepMsMax) : random.integer(0, skewMsMax - 2000)
  host.skewMs = random.chance(0.5) ? ms : -ms
  await pass(network, 1000)
  const codes = [() => socket.set('key', 'x'), () => socket.update([['key', 'x']]), () => socket.del('other')].map(
    codeFrom,
  )
  const refused = codes.filter((code) => code === 'CLOCK_SKEW').length
  const read = socket.has('key')
  host.skewMs = 0
  await pass(network, 1000)
  const after = codeFrom(() => socket.set('key', 'after'))
  return {
    violations: [
      ...unless(linked === names.length, `Only ${linked} neighbors at first.`),
      ...unless(
        refused === (isWrong ? codes.length : 0),
        `With a clock off by ${ms} ms, writes came to ${codes.join(', ')}.`,
      ),
      ...unless(read, 'A node whose clock is wrong cannot be read.'),
      ...unless(after === 'done', `Once the clock was right again, a write came to ${after}.`),
    ],
  }
}

function codeFrom(write: () => unknown): string {
  try {
    write()
    return 'done'
  } catch (error) {
    return codeOf(error)
  }
}
