import { readFileSync } from 'node:fs'
import * as base from '@ts2p/base'
import * as locks from '@ts2p/locks'
import * as mesh from '@ts2p/mesh'
import * as protocol from '@ts2p/protocol'
import * as store from '@ts2p/store'
import * as sync from '@ts2p/sync'
import * as noise from '@ts2p/transport-noise'
import * as tcp from '@ts2p/transport-tcp'
import * as websocket from '@ts2p/transport-websocket'
import { expect, test } from 'vitest'
import * as umbrella from '../src/index.ts'

/** The layers by the names of their folders. */
const layers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  protocol,
  base,
  mesh,
  store,
  sync,
  locks,
  'transport-tcp': tcp,
  'transport-noise': noise,
  'transport-websocket': websocket,
}

/** The namespaces with js2p's names. */
const js2p = ['base', 'mesh', 'sync']

interface LeftOut {
  readonly layer: string
  readonly reason: string
  readonly names: string
}

/** What the umbrella does not export. */
const leftOut: readonly LeftOut[] = [
  {
    layer: 'protocol',
    reason: 'Frames and envelopes: base encodes and decodes them.',
    names: `channelNumber compressions decodeEnvelope decodePing encodeFrame encodePing Frame FrameDecoder frameHeaderBytes knownFeatures
      OutgoingEnvelope Ping ReceivedEnvelope`,
  },
  {
    layer: 'protocol',
    reason: 'The handshake: base does it.',
    names: `addressesPerNodeMax addressFault decodeHandshake encodeHandshake handshakeAddressesMax HandshakeContext HandshakeDecision
      HandshakeMessage Hello nonceBytes Proof proofFault proofMessage prove Role securities subnetDifference`,
  },
  {
    layer: 'protocol',
    reason: 'Messages of the mesh, which encodes, signs and decodes them.',
    names: `acknowledgedRangesMax Acknowledgment Broadcast BroadcastHeader broadcastHeaderHash decodeAcknowledgment decodeBroadcast
      decodeDirect decodeDirectContent decodeIHave decodeIWant decodePackets decodePeers Direct DirectContent directHeaderHash DirectKind
      Dropped DropReason encodeAcknowledgment encodeBroadcast encodeDirect encodeDirectContent encodeIHave encodeIWant encodePackets
      encodePeers IWant MessageId noHeader openEnd PacketLists packetsMax PacketWriter PeerInfo SequenceRange sequenceRangesMax Signed
      signedMessage statementBytesMax`,
  },
  {
    layer: 'protocol',
    reason: 'Messages of the dictionary: sync encodes and decodes them.',
    names: `acknowledgmentIdBytes AcknowledgmentItem acknowledgmentRecordsMax AcknowledgmentReply AcknowledgmentRequest batchMessage
      batchSizeMax batchStatement decodeAcknowledgmentReply decodeAcknowledgmentRequest decodeNeighborMessage decodeReconciliation
      decodeRecords encodeAcknowledgmentReply encodeAcknowledgmentRequest encodeNeighborMessage encodeReconciliation encodeRecords
      JournalPosition keyedIdBytes NeighborMessageKind ReconciliationMessage reconciliationNonceBytes recordIdBytes recordsMax WireBatch
      WireProof WireRecord`,
  },
  {
    layer: 'protocol',
    reason: 'Parts of node ids, keys and texts, for the layers above.',
    names: `bytesFromText equalBytes hashFromNodeId isSoundKey NodeIdCache nodeIdFromHash nodeKeyBytes portableEd25519 portableSha256
      publicKeyBytes seedBytes signatureBytes textFromBytes textFromUtf8`,
  },
  {
    layer: 'base',
    reason: 'How mesh drives a BaseSocket.',
    names: `advertisedAddress AddressSource backoffMs BackoffTimes BaseHandler defaultBackoff defaultTransport hostsIn InboundPeer
      isAdmitted maintenanceMs networkScope NetworkScope reachableAddresses`,
  },
  {
    layer: 'base',
    reason: 'Parts of sockets: their events, issues, and checks of options.',
    names: `addressFrom callIsolated checkKnown checkObject checkOptions checkWait Closable FailureReport Issues jsonText PublicEmitter tlsOptionNames untilClosed Wait
      waitFor waitOptionNames`,
  },
  {
    layer: 'base',
    reason: 'For implementers of transports.',
    names: 'AcceptedSocket hostKey PendingLink PendingLinks plainHost',
  },
  {
    layer: 'mesh',
    reason: 'Channels: for a layer above the mesh, such as sync.',
    names: 'BroadcastArrival Channel ChannelHandler SentBroadcast TermsFixedError Verdict',
  },
  {
    layer: 'mesh',
    reason: 'Parts of sockets, for those that stand on a MeshSocket.',
    names: 'connectArguments meshOptionNames openOrClose',
  },
  {
    layer: 'store',
    reason: 'How sync drives a store.',
    names: 'checkKnown Cut cutoffOf LeasePolicies recordId RecordIds StoredValue',
  },
  {
    layer: 'sync',
    reason: 'The base class of SyncSocket, which knows no network.',
    names: 'Dictionary',
  },
]

/** The names of an index.ts: every export of it is in braces. */
function namesIn(folder: string): string[] {
  const text = readFileSync(new URL(`../../${folder}/src/index.ts`, import.meta.url), 'utf8').replaceAll(
    /^\/\/.*$/gm,
    '',
  )
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, list]) => list ?? '')
  return wordsOf(
    lists
      .join(',')
      .replaceAll(/\btype /g, '')
      .replaceAll(',', ' '),
  )
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function leftOutOf(layer: string): string[] {
  return leftOut.flatMap((each) => (each.layer === layer ? wordsOf(each.names) : []))
}

test.each(Object.keys(layers))(
  'each export of %s, values and types, is exported here or listed with a reason',
  (layer) => {
    const here = new Set(namesIn('ts2p'))
    const missing = namesIn(layer).filter((name) => !here.has(name))
    expect(missing.toSorted()).toEqual(leftOutOf(layer).toSorted())
  },
)

test.each(Object.entries(layers))('the values of %s are the same here', (layer, exports) => {
  const here: Readonly<Record<string, unknown>> = umbrella
  const out = new Set(leftOutOf(layer))
  for (const [name, value] of Object.entries(exports)) expect(here[name], name).toBe(out.has(name) ? undefined : value)
})

test('nothing else is exported than the layers and the namespaces of js2p, and no name twice', () => {
  const names = namesIn('ts2p')
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  const known = new Set([...Object.keys(layers).flatMap(namesIn), ...js2p])
  expect(names.filter((name) => !known.has(name))).toEqual([])
  const values = new Set([...Object.values(layers).flatMap(Object.keys), ...js2p])
  expect(Object.keys(umbrella).filter((name) => !values.has(name))).toEqual([])
})
