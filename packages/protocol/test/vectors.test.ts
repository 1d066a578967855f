import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decoders } from './decoders.test-helper.ts'
import { channelNumber } from '../src/framing/channel-number.ts'
import { decodeEnvelope, OutgoingEnvelope } from '../src/framing/envelope.ts'
import { ProtocolError } from '../src/errors.ts'
import type { Flag } from '../src/framing/flag.ts'
import { FrameDecoder } from '../src/framing/frame.ts'
import { decodeDirect, encodeDirect } from '../src/mesh/direct-message.ts'
import { decodeBroadcast, encodeBroadcast } from '../src/mesh/broadcast-message.ts'
import { PacketLists } from '../src/mesh/packet-lists.ts'
import { broadcastHeaderHash, directHeaderHash, portableSha256, signedMessage } from '../src/mesh/signed-message.ts'
import { proofFault, proofMessage, prove } from '../src/handshake/handshake-proof.ts'
import { portableEd25519 } from '../src/identity/ed25519.ts'
import { identityFromKey, identityFromSeed } from '../src/identity/node-id.ts'
import { createSubnet } from '../src/handshake/subnet.ts'
import type { Term } from '../src/handshake/terms.ts'

/** What is signed, the hash of its header, the bytes that the signature is for, and the message. */
type SignedParts = Readonly<Record<'headerHash' | 'message' | 'signature' | 'bytes', string>>

interface SignedBroadcast extends SignedParts {
  readonly meaning: string
  readonly flag: Flag
  readonly channel: number
  readonly epoch: number
  readonly sequence: number
  readonly time: number
  readonly count: number
  readonly content: string
  readonly statement: string
}

interface SignedDirect extends SignedParts {
  readonly target: string
  readonly hopsLeft: number
  readonly time: number
  readonly content: string
  readonly acknowledgment: string
  /** The same after a relay has taken the content out: the signature stays. */
  readonly withoutContent: { readonly contentHash: string; readonly bytes: string }
}

interface Vectors {
  readonly nodeId: { readonly key: string; readonly hash: string; readonly id: string }
  readonly subnet: {
    readonly description: string
    readonly terms: readonly Term[]
    readonly hash: string
    readonly id: string
  }
  readonly proof: Readonly<
    Record<
      'seed' | 'publicKey' | 'id' | 'dialerHello' | 'acceptorHello' | 'secret' | 'message' | 'signature' | 'mac',
      string
    >
  >
  readonly signed: {
    readonly seed: string
    readonly publicKey: string
    readonly networkId: string
    readonly broadcasts: readonly SignedBroadcast[]
    readonly direct: SignedDirect
  }
  readonly channel: { readonly name: string; readonly number: number }
  readonly frames: readonly {
    readonly flag: Flag
    readonly channel: number
    readonly payload: string
    readonly bytes: string
  }[]
  readonly messages: readonly {
    readonly message: string
    readonly meaning: string
    readonly value: unknown
    readonly bytes: string
  }[]
  readonly invalid: readonly { readonly message: string; readonly reason: string; readonly bytes: string }[]
}

// What peers in other languages are tested with; ours must agree with it for ever.
const vectors = JSON.parse(readFileSync(new URL('../vectors/messages.json', import.meta.url), 'utf8')) as Vectors
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A value as the vectors have it: bytes in hexadecimal, nothing undefined. */
function readable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      if (part instanceof PacketLists) return [...part]
      return part instanceof Uint8Array ? toHex(part) : part
    }),
  )
}

test('the proof of a dialer, with a secret', () => {
  const { seed, publicKey, id, dialerHello, acceptorHello, secret, message, signature, mac } = vectors.proof
  const context = {
    dialerHello: fromHex(dialerHello),
    acceptorHello: fromHex(acceptorHello),
    channelBinding: undefined,
  }
  const identity = identityFromSeed(fromHex(seed))
  expect([toHex(identity.key), identity.id]).toEqual([publicKey, id])
  expect(toHex(proofMessage(context, 'dialer'))).toBe(message)
  const prover = { role: 'dialer', secret: fromHex(secret) } as const
  const proof = prove(context, { ...prover, sign: (bytes) => identity.sign(bytes) })
  expect(readable(proof)).toEqual({ kind: 'proof', signature, mac })
  const judge = { publicKey: identity.key, ed25519: portableEd25519 }
  expect(proofFault(proof, context, { ...prover, ...judge })).toBeUndefined()
  expect(proofFault({ ...proof, mac: undefined }, context, { ...prover, ...judge })).toBe('another-secret')
  expect(proofFault(proof, context, { ...prover, ...judge, role: 'acceptor' })).toBe('unproven')
})

test('the id of a node and of a subnet', () => {
  const { hash, id } = identityFromKey(fromHex(vectors.nodeId.key))
  expect({ hash: toHex(hash), id }).toEqual({ hash: vectors.nodeId.hash, id: vectors.nodeId.id })
  const { description, terms } = vectors.subnet
  const subnet = createSubnet({ description, security: 'plaintext', terms })
  expect([toHex(subnet.hash), subnet.id]).toEqual([vectors.subnet.hash, vectors.subnet.id])
})

describe('signed messages', () => {
  const { seed, publicKey, networkId: networkHex, broadcasts, direct: directVector } = vectors.signed
  const identity = identityFromSeed(fromHex(seed))
  const networkId = fromHex(networkHex)

  test.each(broadcasts)('$meaning', (vector) => {
    const { meaning, flag, channel, epoch, sequence, time, count } = vector
    const [content, statement] = [fromHex(vector.content), fromHex(vector.statement)]
    const broadcast = { id: { source: identity.key, epoch, sequence }, time, count, content }
    const headerHash = broadcastHeaderHash({ flag, channel, ...broadcast }, portableSha256)
    const message = signedMessage({ networkId, headerHash, statement })
    const signature = identity.sign(message)
    const bytes = encodeBroadcast({ ...broadcast, signature, statement })
    expect(toHex(identity.key)).toBe(publicKey)
    expect({
      ...{ meaning, flag, channel, epoch, sequence, time, count, content: vector.content, statement: vector.statement },
      ...{ headerHash: toHex(headerHash), message: toHex(message), signature: toHex(signature), bytes: toHex(bytes) },
    }).toEqual(vector)
    expect(decodeBroadcast(fromHex(vector.bytes))).toEqual({ ...broadcast, signature, statement })
    expect(portableEd25519.verify(signature, message, identity.key)).toBe(true)
  })

  test('a message to one node that a relay passes on, with its content and without', () => {
    const { hopsLeft, time } = directVector
    const unsigned = {
      ...{ source: identity.key, target: fromHex(directVector.target), hopsLeft, time },
      ...{ content: fromHex(directVector.content), contentHash: undefined },
      ...{ acknowledgment: fromHex(directVector.acknowledgment), signature: undefined, dropped: undefined },
    }
    const headerHash = directHeaderHash(unsigned, portableSha256)
    const message = signedMessage({ networkId, headerHash, statement: new Uint8Array(0) })
    const direct = { ...unsigned, signature: identity.sign(message) }
    const contentHash = portableSha256(direct.content)
    const short = { ...direct, content: new Uint8Array(0), contentHash }
    const { target, content, acknowledgment } = directVector
    expect({
      ...{ target, hopsLeft, time, content, acknowledgment },
      ...{ headerHash: toHex(headerHash), message: toHex(message), signature: toHex(direct.signature) },
      bytes: toHex(encodeDirect(direct)),
      withoutContent: { contentHash: toHex(contentHash), bytes: toHex(encodeDirect(short)) },
    }).toEqual(directVector)
    expect(decodeDirect(fromHex(directVector.bytes))).toEqual(direct)
    expect(decodeDirect(fromHex(directVector.withoutContent.bytes))).toEqual(short)
    expect(directHeaderHash(short, portableSha256)).toEqual(headerHash)
  })
})

test('the number of a channel', () => {
  expect(channelNumber(vectors.channel.name)).toBe(vectors.channel.number)
})

describe('frames, both ways', () => {
  test.each(vectors.frames)('$flag $channel', ({ flag, channel, payload, bytes }) => {
    const frame = new OutgoingEnvelope(flag, fromHex(payload), { channel }).frame(false)
    expect(toHex(Buffer.concat(frame.chunks))).toBe(bytes)
    const decoder = new FrameDecoder(1000)
    decoder.push(fromHex(bytes))
    const envelope = decodeEnvelope(decoder.next() ?? new Uint8Array(0), { bytesMax: 1000, ratioMax: 100 })
    expect([envelope.flag, envelope.channel, toHex(envelope.payload)]).toEqual([flag, channel, payload])
  })
})

describe('messages', () => {
  test.each(vectors.messages)('$message: $meaning', ({ message, value, bytes }) => {
    expect(readable(decoders[message]?.(fromHex(bytes)))).toEqual(value)
  })
})

describe('what must be refused', () => {
  test.each(vectors.invalid)('$message: $reason', ({ message, bytes }) => {
    expect(() => decoders[message]?.(fromHex(bytes))).toThrow(ProtocolError)
  })
})
