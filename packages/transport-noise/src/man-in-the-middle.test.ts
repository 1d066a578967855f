import { Calls, Recorder } from '@ts2p/transport-contract'
import type { Link, Transport } from '@ts2p/base'
import { Random, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import { concatBytes } from '@noble/hashes/utils.js'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { attackNames, attackOf } from './attacks.test-helper.ts'
import { manInTheMiddle } from './man-in-the-middle.test-helper.ts'
import type { Attack, Direction } from './man-in-the-middle.test-helper.ts'
import { NoiseError } from './noise-error.ts'
import { noise } from './noise.ts'

const attacks = Number(process.env['TS2P_NOISE_ATTACKS'] ?? scaled(100, 1000))
const seed = Number(process.env['TS2P_NOISE_SEED'] ?? 1)
/** How many messages each side writes; of them, and of the one of the handshake, the first four can be struck. */
const messages = 6
const struckMax = 3

interface Side {
  readonly wrote: Uint8Array
  readonly received: Uint8Array
  readonly error: Error | undefined
  readonly told: readonly string[]
  readonly breaches: readonly string[]
  readonly channelBinding: Uint8Array | undefined
}

/** Anna dials Bert, but reaches Mallory, who dials Bert. Both write, then one of them closes. */
async function conversation(
  seedOfRun: number,
  attack: Attack,
  closer: 'anna' | 'bert' = 'anna',
): Promise<Record<'anna' | 'bert', Side>> {
  const simulation = new Simulation({ seed: seedOfRun })
  const network = new SimulatedNetwork(simulation)
  const encrypted = (name: string): Transport => {
    const host = simulation.host(name)
    return noise(network.transport(host), { randomBytes: (length) => host.environment.randomBytes(length) })
  }
  const [anna, bert] = [encrypted('anna'), encrypted('bert')]
  const talkers: Record<string, ReturnType<typeof talk>> = {}
  const talk = (name: string, link: Link): { link: Link; told: Recorder; wrote: Uint8Array[] } => {
    const [told, wrote] = [new Recorder(link, new Calls()), new Array<Uint8Array>()]
    told.react = (event) => {
      if (event !== 'open') return
      for (let index = 0; index < messages; index += 1) {
        simulation.schedule(10 * index, () => {
          const message = simulation.random.bytes(simulation.random.integer(1, 60))
          if (!told.told.includes('close')) wrote.push(message)
          told.write(message)
        })
      }
      if (name === closer) simulation.schedule(1000, () => told.close())
    }
    // As base does with a link that does not open in time.
    simulation.schedule(5000, () => !told.told.includes('open') && told.destroy())
    return { link, told, wrote }
  }
  const listener = await bert.listen?.('', 0, (link) => (talkers['bert'] = talk('bert', link)))
  const target = { host: 'bert', port: listener?.port ?? 0 }
  const port = await manInTheMiddle({ network, host: simulation.host('mallory'), target, attack })
  talkers['anna'] = talk('anna', anna.dial('mallory', port))
  simulation.runFor(10_000)
  const sideOf = (name: string): Side => {
    const { link, told, wrote } = talkers[name] ?? { link: undefined, told: undefined, wrote: [] }
    return {
      wrote: concatBytes(...wrote),
      received: concatBytes(...(told?.chunks ?? [])),
      error: told?.error,
      told: told?.told ?? ['close'],
      breaches: told?.breaches ?? [],
      channelBinding: link?.channelBinding,
    }
  }
  return { anna: sideOf('anna'), bert: sideOf('bert') }
}

function isPrefix(part: Uint8Array, whole: Uint8Array): boolean {
  return part.length <= whole.length && part.every((byte, index) => byte === whole[index])
}

/** What a conversation that nobody disturbs has on the wire. */
async function recordedSession(seedOfRun: number): Promise<Record<Direction, Uint8Array[]>> {
  const recorded: Record<Direction, Uint8Array[]> = { there: [], back: [] }
  await conversation(seedOfRun, (direction, _, bytes) => {
    recorded[direction].push(bytes)
    return { on: [bytes] }
  })
  return recorded
}

test('a man in the middle who only carries is not noticed', async () => {
  const { anna, bert } = await conversation(seed, (_, __, bytes) => ({ on: [bytes] }))
  expect(bert.received).toEqual(anna.wrote)
  expect(anna.received).toEqual(bert.wrote)
  expect(anna.wrote.length).toBeGreaterThan(messages)
  expect(anna.channelBinding).toEqual(bert.channelBinding)
  for (const side of [anna, bert])
    expect([side.error, side.told.at(-1), side.breaches]).toEqual([undefined, 'close', []])
})

test('with the chance of the simulator, a run with the same seed has the same bytes on the wire, and another seed others', async () => {
  const first = await recordedSession(seed)
  expect(await recordedSession(seed)).toEqual(first)
  expect((await recordedSession(seed + 1)).there[0]).not.toEqual(first.there[0])
})

test(`of ${attacks} attacks none makes anyone take a byte that the other did not send, and each is told as an error`, async () => {
  const recorded = await recordedSession(seed + attacks)
  const struck: Record<string, number> = {}
  for (let run = 0; run < attacks; run += 1) {
    const random = new Random(seed + run)
    const name = attackNames[run % attackNames.length] ?? 'flip'
    const direction = random.pick<Direction>(['there', 'back'])
    const index = random.integer(0, struckMax)
    const attack = attackOf({ name, direction, index, random, recorded })
    // oxlint-disable-next-line no-await-in-loop -- one conversation after the other
    const { anna, bert } = await conversation(seed + run, attack, direction === 'there' ? 'anna' : 'bert')
    const context = `TS2P_NOISE_SEED=${seed + run} TS2P_NOISE_ATTACKS=1: ${name} ${direction} ${index}`
    expect(isPrefix(bert.received, anna.wrote), context).toBe(true)
    expect(isPrefix(anna.received, bert.wrote), context).toBe(true)
    expect([...anna.breaches, ...bert.breaches], context).toEqual([])
    for (const side of [anna, bert]) expect(side.told.at(-1), context).toBe('close')
    const errors = [anna.error, bert.error].flatMap((error) => [error, error?.cause])
    const isHeldUp = !anna.told.includes('open') || !bert.told.includes('open')
    expect(isHeldUp || errors.some((error) => error instanceof NoiseError), context).toBe(true)
    struck[name] = (struck[name] ?? 0) + 1
  }
  expect(Object.keys(struck)).toHaveLength(Math.min(attacks, attackNames.length))
})

test('one with keys of his own carries all, but each side then has another channel binding: that is what base signs', async () => {
  const simulation = new Simulation({ seed })
  const network = new SimulatedNetwork(simulation)
  const encrypted = (name: string): Transport => {
    const host = simulation.host(name)
    return noise(network.transport(host), { randomBytes: (length) => host.environment.randomBytes(length) })
  }
  const [anna, bert, mallory] = [encrypted('anna'), encrypted('bert'), encrypted('mallory')]
  const bindings: Record<string, Uint8Array | undefined> = {}
  const received: Uint8Array[] = []
  const meet = (name: string, link: Link, onData: (chunk: Uint8Array) => void): void =>
    link.attach({
      onOpen: () => (bindings[name] = link.channelBinding),
      onData,
      onDrain: () => undefined,
      onClose: () => undefined,
    })
  const toBert = await bert.listen?.('', 0, (link) => meet('bert', link, (chunk) => received.push(chunk)))
  const toMallory = await mallory.listen?.('', 0, (near) => {
    const far = mallory.dial('bert', toBert?.port ?? 0)
    meet('mallory to anna', near, (chunk) => far.write([chunk]))
    meet('mallory to bert', far, (chunk) => near.write([chunk]))
  })
  const link = anna.dial('mallory', toMallory?.port ?? 0)
  meet('anna', link, () => undefined)
  simulation.schedule(100, () => link.write([Uint8Array.of(1, 2, 3)]))
  simulation.runFor(1000)
  expect(received).toEqual([Uint8Array.of(1, 2, 3)])
  expect(bindings['anna']).toHaveLength(32)
  expect(bindings['anna']).toEqual(bindings['mallory to anna'])
  expect(bindings['bert']).toEqual(bindings['mallory to bert'])
  expect(bindings['anna']).not.toEqual(bindings['bert'])
})
