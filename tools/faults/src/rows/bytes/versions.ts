import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { identityFromSeed } from '@ts2p/protocol'
import type { Hello } from '@ts2p/protocol'
import type { FaultRow } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { codecs, tryDecoder } from '../../support/wire/codecs.ts'
import { createNetwork, nodePort, pass, startBase } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from '../../support/adversaries/stranger.ts'

interface Vector {
  readonly message: string
  readonly bytes: string
}

interface Vectors {
  readonly frames: readonly { readonly flag: string; readonly bytes: string }[]
  readonly messages: readonly Vector[]
  readonly invalid: readonly Vector[]
}

interface Batch {
  readonly sent: { readonly payload: string }
}

interface Case {
  readonly name: string
  run(): Promise<string[]> | string[]
}

/** The vectors of all releases. They are never changed, only added to. */
const folder = new URL('../../../../../packages/protocol/vectors/', import.meta.url)
// Fields of every wire type that no message has: numbers 1,000 and 500,000.
const unknownFields = ['c03e01', 'c13e0102030405060708', 'c23e03010203', 'c53e01020304', '8292f40100']
const laterFeatures: readonly (readonly number[])[] = [[1], [300], [2 ** 32 - 1], [1, 2, 3]]

/** Messages of every release, fields of later ones, and what later ones may demand. */
export const versions: FaultRow = {
  name: 'versions',
  fault: 'A node meets messages of every release, with optional fields and required features that it does not know.',
  mustHold: 'The vectors keep their bytes, unknown fields are skipped, unknown features are refused with a reason.',
  wanted: cases().length,
  unit: 'messages',
  open() {
    const all = cases()
    return { slice: (from, until) => runCases(from, until, (index) => runCase(all[index])) }
  },
}

async function runCase(one: Case | undefined): Promise<CaseResult> {
  if (!one) throw new RangeError('There is no such case.')
  return { violations: (await one.run()).map((sentence) => `${one.name}: ${sentence}`) }
}

function cases(): Case[] {
  const { frames, messages, invalid } = read('messages.json') as Vectors
  const { sent } = read('batch.json') as Batch
  const good = [
    ...messages,
    { message: 'records', bytes: sent.payload },
    ...frames.map(({ bytes }) => ({ message: 'frame', bytes })),
    ...frames.map(({ bytes }) => ({ message: 'envelope', bytes: bytes.slice(8) })),
  ]
  // A frame and a message to a neighbor are a number and a payload, without fields.
  const open = good.filter(({ message }) => message !== 'frame' && message !== 'neighbor')
  return [
    ...good.map((vector) => ({ name: `${vector.message} ${vector.bytes}`, run: () => keepsBytes(vector) })),
    ...open.flatMap((vector) =>
      unknownFields.flatMap((field) =>
        [vector.bytes + field, field + vector.bytes].map((bytes) => ({
          name: `${vector.message} ${bytes}`,
          run: () => skips(vector, bytes),
        })),
      ),
    ),
    ...invalid.map(({ message, bytes }) => ({
      name: `${message} ${bytes}`,
      run: () => unless(tryDecoder(message, fromHex(bytes)).outcome === 'refused', 'an invalid message is accepted'),
    })),
    ...laterFeatures.map((requiredFeatures) => refusal({ requiredFeatures }, 'another-version')),
    ...[0, 2, 100].map((version) => refusal({ version }, 'another-version')),
    refusal({}, undefined),
  ]
}

function keepsBytes({ message, bytes }: Vector): string[] {
  const written = codecs.get(message)?.decode(fromHex(bytes)).encode?.()
  if (!written) return ['it is not decoded']
  const hex = Buffer.from(written).toString('hex')
  return unless(hex === bytes, `it is encoded as ${hex}`)
}

function skips({ message, bytes }: Vector, more: string): string[] {
  const [plain, extended] = [bytes, more].map((hex) => codecs.get(message)?.decode(fromHex(hex)))
  const isSame = isDeepStrictEqual(plain?.value, extended?.value)
  const written = [plain, extended].map((decoded) => Buffer.from(decoded?.encode?.() ?? []).toString('hex'))
  return unless(isSame && written[0] === written[1] && written[0] !== '', 'the unknown field changes its meaning')
}

/** A stranger whose hello differs, and the refusal that it must hear. */
function refusal(change: Partial<Hello>, expected: string | undefined): Case {
  return {
    name: `a hello with ${JSON.stringify(change)}`,
    run: async () => {
      const network = createNetwork(1)
      const { socket, host } = await startBase(network, 'node')
      const reasons: string[] = []
      socket.on('refused', (error) => reasons.push(error.message))
      const identity = identityFromSeed(new Uint8Array(32).fill(5), host.environment.ed25519)
      const link = network.transport(network.simulation.host('stranger')).dial('node', nodePort)
      const stranger = shakeHands(link, helloPayload(identity, change), identity)
      await pass(network, 1000)
      const refusals = stranger.heard.flatMap((message) => (message.kind === 'decision' ? [message.refusal] : []))
      const isLinked = socket.connections.size > 0
      const closing = socket.close()
      await pass(network, 5000)
      await closing
      return [
        ...unless(refusals.length === 1 && refusals[0] === expected, `it hears ${JSON.stringify(refusals)}`),
        ...unless(isLinked === (expected === undefined), isLinked ? 'it is linked' : 'it is not linked'),
        ...unless(expected === undefined || reasons.length === 1, `${reasons.length} refusals are told`),
      ]
    },
  }
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
