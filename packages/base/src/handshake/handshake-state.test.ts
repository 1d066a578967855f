import { createSubnet, identityFromKey, protocolVersion } from '@ts2p/protocol'
import type { Hello, Proof, Subnet, Term, HandshakeDecision } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import {
  handshakeOutcome,
  handshakeStart,
  helloDifference,
  helloIdentity,
  judgeHello,
  judgePeer,
  advanceHandshake,
} from './handshake-state.ts'
import type { JudgeContext } from './handshake-state.ts'

const cats = createSubnet({
  description: 'cats',
  security: 'plaintext',
  terms: [{ name: 'sync.leases', value: '3600 s' }],
})
const ids = [1, 2]
  .map((fill) => identityFromKey(new Uint8Array(32).fill(fill)))
  .toSorted((a, b) => (a.id < b.id ? -1 : 1))
const [anna, bert] = ids
if (!anna || !bert) throw new Error('Two identities were made.')

const helloOf = (nodeKey: Uint8Array, subnet: Subnet = cats): Hello => ({
  kind: 'hello',
  isHighPriority: false,
  version: subnet.version,
  descriptionHash: subnet.descriptionHash,
  security: subnet.security,
  terms: subnet.terms,
  time: 1_800_000_000_000,
  nodeKey,
  compressions: [],
  addresses: [],
  requiredFeatures: [],
  nonce: new Uint8Array(32),
  isChannelBound: false,
  isClosed: false,
})
const proof: Proof = { kind: 'proof', signature: new Uint8Array(64), mac: undefined }
const decision = (refusal?: HandshakeDecision['refusal']): HandshakeDecision => ({
  kind: 'decision',
  refusal,
  peerHints: [],
})

const ours = helloOf(anna.key)
const theirs = helloOf(bert.key)
const context: JudgeContext = {
  ourId: anna.id,
  theirId: bert.id,
  rival: 'none',
  isFull: false,
  isAllowed: true,
}

test('bert is accepted when nothing speaks against it', () => {
  expect(judgeHello(theirs, ours)).toBeUndefined()
  expect(judgePeer(context)).toBeUndefined()
})

test('every difference is refused, with a name and with words', () => {
  const refused = (hello: Hello): unknown[] => [judgeHello(hello, ours), helloDifference(ours, hello)]
  const on = (change: Partial<{ description: string; security: 'plaintext' | 'tls'; terms: readonly Term[] }>) =>
    helloOf(bert.key, createSubnet({ ...cats, ...change }))
  expect(refused({ ...theirs, version: 99 })).toEqual([
    'another-version',
    `version ${protocolVersion} here and 99 there`,
  ])
  expect(refused({ ...theirs, requiredFeatures: [77] })).toEqual(['another-version', 'it requires feature 77'])
  expect(refused(on({ description: 'dogs' }))).toEqual(['another-subnet', 'the subnet descriptions differ'])
  expect(refused(on({ security: 'tls' }))).toEqual([
    'another-subnet',
    'the transport security is plaintext here and tls there',
  ])
  expect(refused(on({ terms: [{ name: 'sync.leases', value: '60 s' }] }))).toEqual([
    'another-subnet',
    'sync.leases is 3600 s here and 60 s there',
  ])
  expect(refused(on({ terms: [] }))).toEqual(['another-subnet', 'sync.leases is 3600 s here and absent there'])
  expect(refused({ ...theirs, isClosed: true })).toEqual([
    'another-secret',
    'a secret is needed there and none is here',
  ])
  expect(judgeHello(theirs, { ...ours, isClosed: true })).toBe('another-secret')
  expect(helloDifference({ ...ours, isClosed: true }, theirs)).toBe('a secret is needed here and none is there')
  expect(helloDifference(ours, theirs)).toBeUndefined()
  expect(helloDifference(ours, undefined)).toBeUndefined()
})

test('oneself, who is not allowed, and whoever comes when it is full are refused', () => {
  expect(judgeHello(ours, ours)).toBe('oneself')
  expect(judgePeer({ ...context, isAllowed: false })).toBe('not-allowed')
  expect(judgePeer({ ...context, isFull: true })).toBe('full')
  // A stranger who may not come in learns nothing about the room inside.
  expect(judgePeer({ ...context, isAllowed: false, isFull: true })).toBe('not-allowed')
})

test('an established link is never replaced; of two under way the smaller id keeps its first', () => {
  const asBert = { ...context, ourId: bert.id, theirId: anna.id }
  expect(judgePeer({ ...context, rival: 'established' })).toBe('duplicate-link')
  expect(judgePeer({ ...asBert, rival: 'established' })).toBe('duplicate-link')
  expect(judgePeer({ ...context, rival: 'accepted' })).toBe('duplicate-link')
  expect(judgePeer({ ...asBert, rival: 'accepted' })).toBeUndefined()
})

test('a handshake is done when both have accepted, whichever verdict comes first', () => {
  const greeted = advanceHandshake(advanceHandshake(handshakeStart, theirs), proof)
  expect(handshakeOutcome(greeted)).toBeUndefined()
  const judged = { ...greeted, ourDecision: decision() }
  expect(handshakeOutcome(judged)).toBeUndefined()
  expect(handshakeOutcome(advanceHandshake(judged, decision()))).toBe('established')
})

test('a refusal ends it: theirs counts before ours, and may come before the hello', () => {
  const early = advanceHandshake(handshakeStart, decision('full'))
  expect(handshakeOutcome(early)).toMatchObject({ refusal: 'full', refusedBy: 'them' })
  const ourNo = { ...advanceHandshake(handshakeStart, theirs), ourDecision: decision('not-allowed') }
  expect(handshakeOutcome(ourNo)).toMatchObject({ refusal: 'not-allowed', refusedBy: 'us' })
  const bothNo = advanceHandshake(ourNo, decision('full'))
  expect(handshakeOutcome(bothNo)).toMatchObject({ refusal: 'full', refusedBy: 'them' })
})

test('what comes twice or before its time is an error', () => {
  const greeted = advanceHandshake(handshakeStart, theirs)
  expect(() => advanceHandshake(greeted, theirs)).toThrow('handshake: a second hello')
  expect(() => advanceHandshake(handshakeStart, proof)).toThrow('handshake: a proof before the hello')
  const proven = advanceHandshake(greeted, proof)
  expect(() => advanceHandshake(proven, proof)).toThrow('handshake: a second proof')
  const accepted = advanceHandshake(proven, decision())
  expect(() => advanceHandshake(accepted, decision())).toThrow('handshake: a second verdict')
  expect(() => advanceHandshake(greeted, decision())).toThrow('handshake: an acceptance before the proof')
  expect(() => advanceHandshake(handshakeStart, decision())).toThrow('handshake: an acceptance before the proof')
})

test('who says hello is told by its key', () => {
  expect(helloIdentity(theirs).id).toBe(bert.id)
})
