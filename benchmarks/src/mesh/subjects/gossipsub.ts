import './with-resolvers.ts'
import { gossipsub } from '@libp2p/gossipsub'
import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { plaintext } from '@libp2p/plaintext'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { BenchNode, MeshSubject, NodeOptions } from '../network/mesh-node.ts'

const host = '127.0.0.1'
const topic = 'bench'

/** In which form libp2p runs. */
export interface GossipsubForm {
  readonly isEncrypted: boolean
  readonly isSigned: boolean
}

/** libp2p 3 over TCP, its messages by gossipsub: its defaults but for what the form says, and for what is said below. */
export function gossipsubSubject(form: GossipsubForm): MeshSubject {
  return {
    create: (options) => createGossipsub(form, options),
    wiring: { kind: 'graph' },
    // More at once overflow a stream's buffer, and libp2p resets it: messages are lost, or come by its gossip seconds later.
    windowMessages: 256,
    // A mesh is built in heartbeats, of which there is one a second.
    settleMs: 3000,
  }
}

async function createGossipsub(form: GossipsubForm, { isListening }: NodeOptions): Promise<BenchNode> {
  let [received, first] = [0, 0]
  // It is asked of every payload that arrives, before it is looked whether it has come before.
  const inboundTransform = (_: string, data: Uint8Array): Uint8Array => {
    received += 1
    return data
  }
  const options: Partial<GossipsubOpts> = {
    dataTransform: { inboundTransform, outboundTransform: (_, data) => data },
    ...(form.isSigned ? {} : { globalSignaturePolicy: 'StrictNoSign' }),
  }
  const node = await createLibp2p({
    addresses: { listen: isListening ? [`/ip4/${host}/tcp/0`] : [] },
    transports: [tcp()],
    connectionEncrypters: [form.isEncrypted ? noise() : plaintext()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub(options) },
    // All nodes have one address here, from which by default it takes 5 links a second.
    connectionManager: { inboundConnectionThreshold: 10_000, maxIncomingPendingConnections: 1000 },
    // It ends links that answer late, which in a process with many nodes are healthy links.
    connectionMonitor: { enabled: false },
  })
  const pubsub: GossipSub = node.services.pubsub
  pubsub.subscribe(topic)
  return {
    port: Number(
      node
        .getMultiaddrs()[0]
        ?.toString()
        .match(/\/tcp\/(\d+)/)?.[1] ?? 0,
    ),
    // A link is there when the other's subscription has come over it.
    links: () => pubsub.getSubscribers(topic).length,
    connect: async (port) => void (await node.dial(multiaddr(`/ip4/${host}/tcp/${port}`))),
    send: (packet) => void pubsub.publish(topic, packet),
    onPacket: (listener) =>
      pubsub.addEventListener('gossipsub:message', ({ detail }) => {
        first += 1
        listener(detail.msg.data)
      }),
    writable: () => undefined,
    copies: () => ({ first, further: received - first }),
  }
}
