import { encodePing } from '../src/framing/ping.ts'
import { encodeHandshake } from '../src/handshake/handshake-message.ts'
import { encodeBroadcast, encodePackets } from '../src/mesh/broadcast-message.ts'
import { PacketLists } from '../src/mesh/packet-lists.ts'
import { encodeAcknowledgment, encodeDirect, encodeDirectContent } from '../src/mesh/direct-message.ts'
import { encodePeers } from '../src/mesh/peer-exchange-message.ts'
import { encodeIHave, encodeIWant } from '../src/mesh/ihave-message.ts'
import { createSubnet } from '../src/handshake/subnet.ts'
import { encodeReconciliation } from '../src/dictionary/reconciliation-message.ts'
import { encodeAcknowledgmentReply, encodeAcknowledgmentRequest } from '../src/dictionary/acknowledgment-message.ts'
import { encodeRecords } from '../src/dictionary/record-message.ts'

const bytes = (length: number, first = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 256)
const address = { transport: 'tcp', host: '127.0.0.1', port: 4444 }
const id = { source: bytes(32), epoch: 1_800_000_000, sequence: 7 }
const range = { source: bytes(32), epoch: 1_800_000_000, first: 7, last: 9, hops: 3, ageMs: 0 }
const content = {
  ...{ epoch: 1_800_000_000, first: 7, oldest: 5, messages: PacketLists.of([[bytes(3)], [bytes(3), bytes(0)]]) },
  ...{ kinds: [], answered: undefined, isProbe: false },
}
const opening = { position: { epoch: 1, sequence: 2 }, count: 3, root: bytes(16), nonce: bytes(8) }
const direct = {
  ...{ source: bytes(32), target: bytes(32, 9), hopsLeft: 32, time: 1_800_000_000_123.5, content: bytes(0) },
  ...{ contentHash: undefined, acknowledgment: bytes(0), signature: undefined, dropped: undefined },
}
const terms = [
  { name: 'sync.leases', value: '3600 s' },
  { name: 'mesh.signing', value: 'on' },
]
const record = {
  acquired: 1_887_436_800_000_000,
  timestamp: 1_887_436_800_000_001,
  pruneWatermark: 0,
  released: false,
  leaseSeconds: 3600,
  ephemeral: false,
  key: bytes(5),
  value: bytes(20),
  field: undefined,
}

/** At least one good payload of every message, by the name of its decoder, and of several sizes. */
export const goldenPayloads: readonly { readonly message: string; readonly payload: Uint8Array }[] = [
  ...(['plaintext', 'tls'] as const).flatMap((security) =>
    [undefined, 3600].map((leaseSeconds) => ({
      message: 'handshake',
      payload: encodeHandshake({
        kind: 'hello',
        ...createSubnet({ description: 'golden', security, terms: leaseSeconds === undefined ? [] : terms }),
        nodeKey: bytes(32),
        compressions: [19],
        addresses: [address, { ...address, transport: 'ws', host: '' }],
        requiredFeatures: [],
        nonce: new Uint8Array(32).fill(3),
        isChannelBound: true,
        isClosed: true,
        time: 1_800_000_000_123,
        isHighPriority: leaseSeconds === undefined,
      }),
    })),
  ),
  { message: 'ping', payload: encodePing({ nonce: 7, time: 0 }) },
  { message: 'ping', payload: encodePing({ nonce: 7, time: 1_800_000_000_123.5 }) },
  { message: 'handshake', payload: encodeHandshake({ kind: 'decision', refusal: undefined, peerHints: [] }) },
  { message: 'handshake', payload: encodeHandshake({ kind: 'decision', refusal: 'full', peerHints: [address] }) },
  ...[0, 1, 30].map((length) => ({
    message: 'broadcast',
    payload: encodeBroadcast({
      ...{ id, time: 1_800_000_000_123, count: 1, content: bytes(length) },
      signature: length === 0 ? undefined : bytes(64),
      statement: length === 30 ? bytes(41) : bytes(0),
    }),
  })),
  {
    message: 'packets',
    payload: encodePackets(PacketLists.of([[bytes(9)], [bytes(9), bytes(0), bytes(3)], [bytes(9), bytes(1)]])),
  },
  ...[
    { ...direct, content: encodeDirectContent(content), signature: bytes(64) },
    { ...direct, acknowledgment: encodeAcknowledgment({ epoch: 9, upTo: 4, ranges: [{ first: 6, last: 6 }] }) },
    { ...direct, contentHash: bytes(32), acknowledgment: bytes(2), signature: bytes(64) },
    { ...direct, dropped: { target: bytes(32, 50), epoch: 8, first: 5, count: 2, reason: 'congested' as const } },
  ].map((message) => ({ message: 'direct', payload: encodeDirect(message) })),
  ...[
    content,
    { ...content, messages: PacketLists.of([]), isProbe: true },
    { ...content, kinds: ['answer', 'request'] as const, answered: { epoch: 9, sequences: [4] } },
  ].map((message) => ({ message: 'direct-content', payload: encodeDirectContent(message) })),
  ...[[], [{ first: 6, last: 6 }]].map((ranges) => ({
    message: 'acknowledgment',
    payload: encodeAcknowledgment({ epoch: 9, upTo: 4, ranges }),
  })),
  { message: 'peers', payload: encodePeers([]) },
  { message: 'peers', payload: encodePeers([{ hash: bytes(32), addresses: [address] }]) },
  { message: 'ihave', payload: encodeIHave([range, { ...range, first: 0, last: 0, hops: 0 }]) },
  { message: 'ihave', payload: encodeIHave([{ ...range, ageMs: 90 }]) },
  { message: 'iwant', payload: encodeIWant({ ranges: [range], ageMsMax: 2500, isEverything: false }) },
  { message: 'iwant', payload: encodeIWant({ ranges: [], ageMsMax: 0, isEverything: true }) },
  ...[
    undefined,
    { signature: bytes(64), headerHash: new Uint8Array(32), size: 9, indices: [2, 7], path: bytes(96) },
    { signature: undefined, headerHash: new Uint8Array(32), size: 9, indices: [2, 7], path: bytes(96) },
    { signature: bytes(64), headerHash: bytes(32), size: 9, indices: [2, 7], path: bytes(96) },
  ].map((proof) => ({
    message: 'records',
    payload: encodeRecords([
      {
        owner: bytes(32),
        records: [record, { ...record, released: true, leaseSeconds: 0, value: bytes(0) }],
        proof,
      },
    ]),
  })),
  {
    message: 'records',
    payload: encodeRecords([{ owner: bytes(32), records: [{ ...record, field: bytes(2) }], proof: undefined }]),
  },
  {
    message: 'records',
    payload: encodeRecords([
      { owner: bytes(32), records: [{ ...record, leaseSeconds: 15, ephemeral: true }], proof: undefined },
    ]),
  },
  ...(
    [
      { kind: 'since', position: { epoch: 4_000_000_000, sequence: 70_000 }, isInReturn: false, isFull: false },
      { kind: 'since', position: { epoch: 1, sequence: 0 }, isInReturn: true, isFull: true },
      { kind: 'open', ...opening, completeSince: 0, garbageBefore: 0, isFull: false },
      { kind: 'open', ...opening, completeSince: 1_800_000_000, garbageBefore: 1_800_000_060, isFull: true },
      { kind: 'incomplete', completeSince: 1_800_000_000, garbageBefore: 1_800_000_060 },
      { kind: 'symbols', nonce: bytes(8), chunk: bytes(40) },
      { kind: 'symbols', nonce: undefined, chunk: bytes(400) },
      { kind: 'more', end: 400 },
      { kind: 'want', ids: bytes(24) },
      { kind: 'all' },
      { kind: 'busy' },
      { kind: 'at', position: { epoch: 1, sequence: 2 } },
      { kind: 'settled', position: { epoch: 1, sequence: 3 } },
    ] as const
  ).map((message) => ({ message: 'reconciliation', payload: encodeReconciliation(message) })),
  ...[[], [{ key: bytes(5), id: bytes(8) }]].map((records) => ({
    message: 'acknowledgment-request',
    payload: encodeAcknowledgmentRequest({ nonce: 7, records }),
  })),
  ...[[], [true, false, true]].map((held) => ({
    message: 'acknowledgment-reply',
    payload: encodeAcknowledgmentReply({ nonce: 7, held }),
  })),
]
