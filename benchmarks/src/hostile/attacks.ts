import { randomBytes } from 'node:crypto'
import { systemEnvironment } from '@ts2p/base'
import {
  encodeDirect,
  encodeDirectContent,
  encodePackets,
  encodeIHave,
  encodeIWant,
  identityFromSeed,
  OutgoingEnvelope,
  packetsMax,
  PacketLists,
  seedBytes,
  sequenceRangesMax,
} from '@ts2p/protocol'
import type { OwnIdentity, SequenceRange } from '@ts2p/protocol'
import { signedBroadcast } from '@ts2p/simulator'

/** What an attacker knows when its link with the victim is there. */
interface Target {
  /** The victim's public key, and the SHA-256 of it. */
  readonly key: Uint8Array
  readonly hash: Uint8Array
  /** The hash of the subnet. */
  readonly networkId: Uint8Array
  /** A run of the victim, of which it keeps broadcasts, and the last sequence of these. */
  readonly epoch: number
  readonly last: number
}

/** Called once for a link. Returns what makes one frame after the other: they are sent as fast as the victim reads. */
export type Attack = (target: Target) => () => OutgoingEnvelope

/** All attacks. Another one needs an entry here, and nothing else. */
export const attacks: Readonly<Record<string, Attack>> = {
  'resend of 4,096 ranges': (target) => resendRanges(target),
  'resend of 4,096 ranges, link after link': (target) => resendRanges(target),
  'resend of everything': () => {
    const payload = encodeIWant({ ranges: [], ageMsMax: 0, isEverything: true })
    return same(new OutgoingEnvelope('resend', payload))
  },
  'notify of 4,096 invented sources': () => () => {
    const ranges = rangesOf(() => ({ source: randomBytes(32), epoch: 1, first: 1 }))
    return new OutgoingEnvelope('notify', encodeIHave(ranges))
  },
  'notify of 4,096 ranges of one source': () => {
    const source = randomBytes(32)
    const ranges = rangesOf((index) => ({ source, epoch: 1, first: index + 1 }))
    return same(new OutgoingEnvelope('notify', encodeIHave(ranges)))
  },
  'compressed repetitions': () => same(new OutgoingEnvelope('store', filled(10_000, 256))),
  'compressed bytes of 16 values': () => same(new OutgoingEnvelope('store', filled(1_000_000, 16))),
  'compressed payloads of 2 KiB': () => {
    const payload = new Uint8Array(2048)
    payload.set(randomBytes(16), 1000)
    return same(new OutgoingEnvelope('store', payload))
  },
  'route questions': ({ hash, networkId }) => {
    return () => {
      const header = { flag: 'request', epoch: 1, sequence: 1, time: Date.now(), content: hash } as const
      return new OutgoingEnvelope('request', signedBroadcast(invented(), networkId, header))
    }
  },
  'invalid signatures': ({ networkId }) => {
    const header = { epoch: 1, sequence: 1, time: Date.now(), content: packetsOf(1) }
    const payload = signedBroadcast(invented(), networkId, header)
    const isLast = (index: number): boolean => index === payload.length - 2
    return same(
      new OutgoingEnvelope(
        'broadcast',
        payload.map((byte, index) => (isLast(index) ? byte ^ 1 : byte)),
      ),
    )
  },
  'replayed broadcasts': ({ networkId }) => {
    const source = invented()
    const frames = Array.from({ length: 1000 }, (_, index) => {
      const header = { epoch: 1, sequence: index + 1, time: Date.now(), content: packetsOf(1) }
      return new OutgoingEnvelope('broadcast', signedBroadcast(source, networkId, header))
    })
    return inTurn(frames)
  },
  'invented sources that sign': ({ networkId }) => {
    const sources = Array.from({ length: 512 }, invented)
    let sent = 0
    return () => {
      const source = sources[sent % sources.length] ?? invented()
      const sequence = Math.floor(sent / sources.length) + 1
      sent += 1
      const header = { epoch: 1, sequence, time: Date.now(), content: packetsOf(1) }
      return new OutgoingEnvelope('broadcast', signedBroadcast(source, networkId, header))
    }
  },
  'empty packets, compressed': ({ networkId }) => {
    const source = invented()
    const count = packetsMax
    const content = packetsOf(count)
    let sequence = 1 - count
    return () => {
      sequence += count
      const header = { epoch: 1, sequence, count, time: Date.now(), content }
      return new OutgoingEnvelope('broadcast', signedBroadcast(source, networkId, header))
    }
  },
  'forged direct messages': ({ hash }) => {
    const messages = PacketLists.of([[new Uint8Array(16)]])
    const content = { epoch: 1, first: 1, oldest: 1, messages, kinds: [], answered: undefined, isProbe: false }
    const direct = {
      ...{ source: invented().key, target: hash, time: Date.now(), hopsLeft: 32, dropped: undefined },
      ...{ content: encodeDirectContent(content), contentHash: undefined, acknowledgment: new Uint8Array(0) },
      signature: Uint8Array.from(randomBytes(64)),
    }
    return same(new OutgoingEnvelope('forward', encodeDirect(direct)))
  },
}

/** Those whose attacker leaves each link for another before it has used up what the link may cost. */
export const hastyAttacks: ReadonlySet<string> = new Set(['resend of 4,096 ranges, link after link'])

/** A source that nobody has heard of. */
function invented(): OwnIdentity {
  return identityFromSeed(randomBytes(seedBytes), systemEnvironment().ed25519)
}

function resendRanges({ key, epoch, last }: Target): () => OutgoingEnvelope {
  const ranges = rangesOf((index) => ({ source: key, epoch, first: (index % last) + 1 }))
  const payload = encodeIWant({ ranges: ranges, ageMsMax: 2 ** 32 - 1, isEverything: false })
  return same(new OutgoingEnvelope('resend', payload))
}

/** So many messages of one empty packet each. */
function packetsOf(messages: number): Uint8Array {
  return encodePackets(PacketLists.of(Array.from({ length: messages }, () => [new Uint8Array(0)])))
}

/** One after the other, without end. */
function inTurn(frames: readonly OutgoingEnvelope[]): () => OutgoingEnvelope {
  let sent = 0
  return () => {
    const frame = frames[sent % frames.length]
    sent += 1
    if (!frame) throw new RangeError('There are no frames.')
    return frame
  }
}

function same(frame: OutgoingEnvelope): () => OutgoingEnvelope {
  return () => frame
}

function rangesOf(range: (index: number) => Pick<SequenceRange, 'source' | 'epoch' | 'first'>): SequenceRange[] {
  return Array.from({ length: sequenceRangesMax }, (_, index) => {
    const { source, epoch, first } = range(index)
    return { source, epoch, first, last: first, hops: 1, ageMs: 1 }
  })
}

/** A payload of 1 MB that ends in random bytes of so many values, the rest zeros. */
function filled(randomCount: number, values: number): Uint8Array {
  const payload = new Uint8Array(1_000_000)
  payload.set(
    randomBytes(randomCount).map((byte) => byte % values),
    payload.length - randomCount,
  )
  return payload
}
