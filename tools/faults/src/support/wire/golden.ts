import {
  bytesFromText,
  createSubnet,
  encodeReconciliation,
  encodeAcknowledgment,
  encodeDirect,
  encodeDirectContent,
  encodeBroadcast,
  encodePackets,
  encodeHandshake,
  encodePeers,
  encodeAcknowledgmentReply,
  encodeAcknowledgmentRequest,
  encodeRecords,
  encodeIHave,
  encodeIWant,
  frameHeaderBytes,
  identityFromSeed,
  nodeIdFromHash,
  noHeader,
  OutgoingEnvelope,
  PacketLists,
  prove,
} from '@ts2p/protocol'
import type { ReconciliationMessage, Direct, DirectContent, Flag, Hello, Term, WireRecord } from '@ts2p/protocol'

/** A good message. */
export interface Golden {
  /** The name of its decoder. */
  readonly message: string
  readonly bytes: Uint8Array
}

const filled = (length: number, first = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 256)
const time = 1_800_000_000_123
const address = { transport: 'tcp', host: '127.0.0.1', port: 4444 }
const manyAddresses = Array.from({ length: 8 }, (_, index) => ({ ...address, host: `10.0.0.${index}` }))
const id = { source: filled(32), epoch: 1_800_000_000, sequence: 7 }
const range = { source: filled(32), epoch: 1_800_000_000, first: 7, last: 9, hops: 3, ageMs: 0 }
const record: WireRecord = {
  acquired: 1_887_436_800_000_000,
  timestamp: 1_887_436_800_000_001,
  pruneWatermark: 0,
  released: false,
  leaseSeconds: 3600,
  ephemeral: false,
  key: filled(5),
  value: filled(20),
  field: undefined,
}

/** Terms of a dictionary with leases of a length; of no dictionary. */
function termsOf(leaseSeconds: number | undefined, signing = 'off'): Term[] {
  if (leaseSeconds === undefined) return []
  return [
    { name: 'sync.leases', value: leaseSeconds === 0 ? 'off' : `${leaseSeconds} s` },
    { name: 'mesh.signing', value: signing },
  ]
}

function hello(change: Partial<Hello>): Uint8Array {
  const { security = 'plaintext', terms = termsOf(3600) } = change
  const { version, descriptionHash } = createSubnet({ description: 'golden', security, terms })
  const lists = { compressions: [19], addresses: [address], requiredFeatures: [] }
  const flags = { isChannelBound: true, isClosed: true, isHighPriority: false }
  const keys = { nodeKey: filled(32), nonce: filled(32, 9) }
  return encodeHandshake({
    kind: 'hello',
    version,
    descriptionHash,
    security,
    terms,
    ...lists,
    ...flags,
    ...keys,
    time,
    ...change,
  })
}

function handshakes(): Uint8Array[] {
  const identity = identityFromSeed(filled(32))
  const context = { dialerHello: hello({}), acceptorHello: hello({ isClosed: false }), channelBinding: undefined }
  const proofs = (['dialer', 'acceptor'] as const).flatMap((role) =>
    [undefined, filled(32)].map((secret) =>
      encodeHandshake(prove(context, { role, secret, sign: (message) => identity.sign(message) })),
    ),
  )
  const verdicts = ([undefined, 'full', 'another-subnet', 'oneself', 'unproven', 'other'] as const).map((refusal) =>
    encodeHandshake({ kind: 'decision', refusal, peerHints: refusal === 'full' ? manyAddresses : [] }),
  )
  const hellos = (['plaintext', 'tls', 'noise'] as const).flatMap((security) =>
    [undefined, 0, 3600].flatMap((leaseSeconds) => [
      hello({ security, terms: termsOf(leaseSeconds) }),
      hello({ security, terms: termsOf(leaseSeconds), addresses: manyAddresses, isHighPriority: true }),
      hello({
        ...{ security, terms: termsOf(leaseSeconds, 'on') },
        ...{ addresses: [], compressions: [], requiredFeatures: [1, 300] },
      }),
    ]),
  )
  return [...hellos, ...proofs, ...verdicts]
}

function floods(): Uint8Array[] {
  const signatures = [undefined, filled(64)]
  const single = [0, 1, 2, 7, 30].flatMap((size) =>
    signatures.map((signature) =>
      encodeBroadcast({
        id,
        time,
        count: 1,
        content: filled(size),
        signature,
        statement: filled(signature ? size : 0),
      }),
    ),
  )
  const several = [2, 3, 5].map((count) =>
    encodeBroadcast({ id, time, count, content: filled(200), signature: filled(64), statement: filled(0) }),
  )
  return [...single, ...several]
}

function packets(): Uint8Array[] {
  return [1, 2, 7, 30].map((count) =>
    encodePackets(PacketLists.of([[filled(1)], Array.from({ length: count }, () => filled(9)), [filled(0)]])),
  )
}

function acknowledgments(): Uint8Array[] {
  return [
    { epoch: 9, upTo: 0, ranges: [] },
    { epoch: 0, upTo: 2 ** 31, ranges: [{ first: 2 ** 32 - 2, last: 2 ** 32 - 1 }] },
    { epoch: 9, upTo: 4, ranges: [2, 4, 6].map((at) => ({ first: 10 * at, last: 11 * at })) },
  ].map(encodeAcknowledgment)
}

function directContents(): Uint8Array[] {
  const content: DirectContent = {
    ...{ epoch: 1_800_000_000, first: 7, oldest: 5, messages: PacketLists.of([]), kinds: [], answered: undefined },
    isProbe: false,
  }
  const contents: readonly Partial<DirectContent>[] = [
    {},
    { messages: PacketLists.of([[filled(3)]]) },
    { messages: PacketLists.of([[filled(0), filled(150), filled(1)], [filled(9)]]) },
    {
      messages: PacketLists.of([[filled(3)], [filled(4)], [filled(5), filled(0)], [filled(6)]]),
      kinds: ['message', 'request', 'answer', 'failure'],
      answered: { epoch: 4_000_000_000, sequences: [1, 300] },
    },
    { isProbe: true },
  ]
  return contents.map((change) => encodeDirectContent({ ...content, ...change }))
}

function directs(): Uint8Array[] {
  const empty = new Uint8Array(0)
  const direct: Direct = {
    ...{ source: filled(32), target: filled(32, 9), hopsLeft: 32, time: time + 0.5, content: empty },
    ...{ contentHash: undefined, acknowledgment: empty, signature: undefined, dropped: undefined },
  }
  const all = [empty, ...directContents()].flatMap((content) =>
    [empty, ...acknowledgments()].flatMap((acknowledgment) => [
      { ...direct, content, acknowledgment },
      { ...direct, content, acknowledgment, signature: filled(64) },
    ]),
  )
  const reports = (['no-route', 'congested'] as const).map((reason) => ({
    ...direct,
    dropped: { target: filled(32, 50), epoch: 8, first: 5, count: 2, reason },
  }))
  return [...all, ...reports, { ...direct, contentHash: filled(32), signature: filled(64) }].map(encodeDirect)
}

function questions(): Uint8Array[] {
  const items = [7, 0, 200].map((length) => ({ key: filled(length), id: filled(8) }))
  return [0, 1, 2 ** 32 - 1].flatMap((nonce) =>
    [0, 1, 3].map((count) => encodeAcknowledgmentRequest({ nonce, records: items.slice(0, count) })),
  )
}

function heldOf(count: number): boolean[] {
  return Array.from({ length: count }, (_, index) => index % 3 === 0)
}

function compares(): Uint8Array[] {
  const position = { epoch: 4_000_000_000, sequence: 70_000 }
  const messages: readonly ReconciliationMessage[] = [
    { kind: 'since', position, isInReturn: false, isFull: false },
    { kind: 'since', position: { epoch: 1, sequence: 0 }, isInReturn: true, isFull: false },
    {
      kind: 'open',
      position,
      count: 3,
      root: filled(16),
      nonce: filled(8),
      completeSince: 0,
      garbageBefore: 0,
      isFull: false,
    },
    {
      kind: 'open',
      position,
      count: 0,
      root: filled(16, 0),
      nonce: filled(8, 250),
      completeSince: 1_800_000_000,
      garbageBefore: 0,
      isFull: true,
    },
    { kind: 'incomplete', completeSince: 1_800_000_000, garbageBefore: 0 },
    { kind: 'symbols', nonce: filled(8), chunk: filled(40) },
    { kind: 'symbols', nonce: undefined, chunk: filled(400) },
    { kind: 'symbols', nonce: undefined, chunk: filled(0) },
    { kind: 'more', end: 400 },
    { kind: 'more', end: 0 },
    { kind: 'want', ids: filled(24) },
    { kind: 'want', ids: filled(0) },
    { kind: 'want', ids: filled(160) },
    { kind: 'all' },
    { kind: 'busy' },
    { kind: 'at', position },
    { kind: 'at', position: { epoch: 0, sequence: 0 } },
    { kind: 'settled', position },
  ]
  return messages.map((message) => encodeReconciliation(message))
}

function records(): Uint8Array[] {
  const proofs = [1, 2, 9, 1024].map((size) => ({
    ...{ signature: filled(64), headerHash: size === 9 ? filled(32) : noHeader },
    ...{ size, indices: [0], path: filled(32) },
  }))
  const partProof = { signature: filled(64), headerHash: noHeader, size: 9, indices: [2, 7], path: filled(96) }
  const variants: readonly WireRecord[] = [
    record,
    { ...record, released: true, value: filled(0) },
    { ...record, field: filled(2) },
    { ...record, field: filled(0), pruneWatermark: 1_887_436_799_000_000 },
    { ...record, key: filled(255), value: filled(300) },
  ]
  return [
    encodeRecords([]),
    encodeRecords([{ owner: filled(32), records: [record, { ...record, released: true }], proof: partProof }]),
    ...variants.map((variant) => encodeRecords([{ owner: filled(32), records: [variant], proof: undefined }])),
    ...proofs.map((proof) => encodeRecords([{ owner: filled(32), records: [record], proof }])),
    encodeRecords([5, 6, 7].map((first) => ({ owner: filled(32, first), records: [record], proof: undefined }))),
  ]
}

function payloads(): (Golden & { readonly flag: Flag })[] {
  const hops = [0, 1, 300].map((count) => ({ ...range, hops: count, ageMs: count }))
  const all: readonly (readonly [string, Flag, readonly Uint8Array[]])[] = [
    ['handshake', 'handshake', handshakes()],
    ['broadcast', 'broadcast', floods()],
    ['packets', 'broadcast', packets()],
    ['direct', 'forward', directs()],
    ['direct-content', 'forward', directContents()],
    ['acknowledgment', 'acknowledge', acknowledgments()],
    ['reconciliation', 'whisper', compares()],
    ['records', 'broadcast', records()],
    ['acknowledgment-request', 'whisper', questions()],
    [
      'acknowledgment-reply',
      'whisper',
      [0, 3, 20].map((count) => encodeAcknowledgmentReply({ nonce: count, held: heldOf(count) })),
    ],
    [
      'peers',
      'peers',
      [0, 1, 5].map((count) =>
        encodePeers(hops.slice(0, count).map(() => ({ hash: filled(32), addresses: manyAddresses.slice(0, count) }))),
      ),
    ],
    ['ihave', 'notify', [0, 1, 3].map((count) => encodeIHave(hops.slice(0, count)))],
    [
      'iwant',
      'resend',
      [true, false].flatMap((isEverything) =>
        [0, 1, 3].map((count) => encodeIWant({ ranges: hops.slice(0, count), ageMsMax: 2500, isEverything })),
      ),
    ],
  ]
  return all.flatMap(([message, flag, list]) => list.map((bytes) => ({ message, flag, bytes })))
}

/** 200 good messages: of every kind and of several sizes, with and without what is optional, and as bodies of frames. */
export function goldenMessages(): readonly Golden[] {
  const inner = payloads()
  const bodies = inner.map(({ flag, bytes }) => {
    const frame = Buffer.concat(new OutgoingEnvelope(flag, bytes, { hops: bytes.length % 5 }).frame(false).chunks)
    return { frame, body: frame.subarray(frameHeaderBytes) }
  })
  const big = new OutgoingEnvelope(
    'broadcast',
    new Uint8Array(8192).map((_, index) => index % 100),
  ).frame(true)
  const zipped = { message: 'envelope', bytes: Uint8Array.from(Buffer.concat(big.chunks).subarray(frameHeaderBytes)) }
  const envelopes = bodies.map(({ body }) => ({ message: 'envelope', bytes: Uint8Array.from(body) }))
  const frames = bodies.map(({ frame }) => ({ message: 'frame', bytes: Uint8Array.from(frame) }))
  const few = (list: readonly Golden[], count: number): Golden[] => {
    return list.filter((_, index) => index % Math.ceil(list.length / count) === 0)
  }
  const messages = inner.map(({ message, bytes }) => ({ message, bytes: Uint8Array.from(bytes) }))
  const ids = [0, 1, 200].map((first) => ({
    message: 'node-id',
    bytes: bytesFromText(nodeIdFromHash(filled(32, first))),
  }))
  return [...messages, zipped, ...ids, ...few(envelopes, 60), ...few(frames, 60)].slice(0, 200)
}
