// Prints the test vectors of this implementation, to be looked at before they replace vectors/messages.json.
// Run after a build: node scripts/vectors.js > vectors/messages.json
import {
  createSubnet,
  encodeDirect,
  encodeFlood,
  encodeHandshake,
  encodeOffer,
  encodePeers,
  encodeRecords,
  encodeResend,
  encodeSummary,
  identityFromKey,
  OutgoingEnvelope,
} from '@ts2p/protocol'

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const bytes = (length, first) => Uint8Array.from({ length }, (_, index) => first + index)
const readable = (_, value) =>
  ArrayBuffer.isView(value) ? hex(value) : value instanceof Object && value.type === 'Buffer' ? hex(value.data) : value

const id = { origin: bytes(32, 1), epoch: 1_800_000_000, sequence: 7 }
const address = { transport: 'tcp', host: '127.0.0.1', port: 4444 }
const record = {
  owner: bytes(32, 1),
  acquired: 1_887_436_800_000_000,
  stamp: 1_887_436_800_000_001,
  closing: 0,
  released: false,
  key: bytes(3, 97),
  value: bytes(4, 65),
  field: undefined,
}
const subnet = createSubnet({ description: 'vectors', security: 'plaintext', leaseSeconds: 3600 })
const { description: _, hash: __, id: ___, ...terms } = subnet
const hello = {
  kind: 'hello',
  ...terms,
  nodeKey: bytes(32, 1),
  compressions: [19],
  addresses: [address],
  requiredFeatures: [],
}
const cases = [
  ['handshake', 'a hello', hello, encodeHandshake],
  ['handshake', 'an acceptance', { kind: 'verdict', refusal: undefined, alternatives: [] }, encodeHandshake],
  ['handshake', 'full, try another', { kind: 'verdict', refusal: 'full', alternatives: [address] }, encodeHandshake],
  [
    'flood',
    'a broadcast of two packets',
    { id, time: 1_800_000_000_123, packets: [bytes(2, 97), bytes(1, 1)], payload: bytes(0, 0) },
    encodeFlood,
  ],
  [
    'direct',
    'a receipt',
    { id, time: 1_800_000_000_123, target: bytes(32, 100), hopsLeft: 32, packets: [], receiptFor: 6 },
    encodeDirect,
  ],
  ['peers', 'one node', [{ hash: bytes(32, 1), addresses: [address] }], encodePeers],
  ['offer', 'one message, a quarter of a second old', [{ id, ageMs: 250 }], encodeOffer],
  ['resend', 'one message', [id], encodeResend],
  ['records', 'a value', [record], encodeRecords],
  ['records', 'a deletion', [{ ...record, released: true, value: bytes(0, 0) }], encodeRecords],
  ['records', 'a field', [{ ...record, field: bytes(1, 120) }], encodeRecords],
  ['summary', 'the first of a round', { count: 1, root: bytes(16, 1), buckets: undefined }, encodeSummary],
]
const messages = cases.map(([message, meaning, value, encode]) => ({
  message,
  meaning,
  value,
  bytes: hex(encode(value)),
}))
const frame = hex(new OutgoingEnvelope('ping', new Uint8Array(0)).frame(false))
const whisper = hex(new OutgoingEnvelope('whisper', bytes(3, 1)).frame(false))
const identity = identityFromKey(bytes(32, 1))
const vectors = {
  about: 'Bytes are in hexadecimal. See docs/protocol.md.',
  nodeId: { key: hex(identity.key), hash: hex(identity.hash), id: identity.id },
  subnet: {
    description: 'vectors',
    security: 'plaintext',
    leaseSeconds: 3600,
    version: 1,
    hash: hex(subnet.hash),
    id: subnet.id,
  },
  frames: [
    { flag: 'ping', payload: '', bytes: frame },
    { flag: 'whisper', payload: '010203', bytes: whisper },
  ],
  messages,
  invalid: [
    { message: 'handshake', reason: 'neither a hello nor a verdict', bytes: '' },
    { message: 'flood', reason: 'no id', bytes: '11000000000000f03f' },
    { message: 'flood', reason: 'an origin of 3 bytes', bytes: '0a090a0301020310011801' },
    { message: 'records', reason: 'an owner of 1 byte', bytes: '0a030a0101' },
    {
      message: 'records',
      reason: 'a stamp that is no whole number',
      bytes: `0a2b0a20${hex(bytes(32, 1))}11000000000000e03f`,
    },
    { message: 'summary', reason: 'a root of 1 byte', bytes: '0801120101' },
    { message: 'peers', reason: 'a truncated field', bytes: '0a20' },
  ],
}
console.log(JSON.stringify(vectors, readable, 2))
