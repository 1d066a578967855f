/** What a node grants to others. Every collection and every wait in ts2p is bounded by one of these. */
export interface Limits {
  /** Longest frame, bytes. A key and a value at their limits fit into one frame. */
  readonly frameBytesMax: number
  /** Longest frame before the handshake is done, bytes. */
  readonly handshakeFrameBytesMax: number
  /** Largest growth that a compressed payload may have; beyond it the payload is refused. */
  readonly inflateRatioMax: number
  /** Time for a whole handshake, milliseconds. */
  readonly handshakeMs: number
  /** Links whose handshake is not done, in all and per remote host. */
  readonly halfOpenMax: number
  readonly halfOpenPerHostMax: number
  /** Peers linked at one time. */
  readonly peersMax: number
  /** Silence after which a ping is sent, and after which the peer is given up, milliseconds. */
  readonly pingMs: number
  readonly deadMs: number
  /** Bytes waiting for one peer: above the soft limit broadcasts to it stop and are made up for later; above the hard limit the link closes. */
  readonly sendQueueSoftBytes: number
  readonly sendQueueHardBytes: number
  /**
   * What one peer may send per second, what work its messages may cause per second, in microseconds of processor time, and for how many
   * seconds' worth of these a burst may last. Above it, the node reads more slowly.
   */
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  readonly workPerSecond: number
  readonly burstSeconds: number
  /** Received messages that the application has not taken with `recv()`, bytes. Beyond it the oldest are dropped, and `issues` says so. */
  readonly receiveQueueBytes: number
  /** Broadcasts that are kept for neighbors that missed them: bytes in all, and for how long, milliseconds. */
  readonly repairBytesMax: number
  readonly repairMs: number
  /** Sources of broadcasts that are remembered, so that each message is delivered once. The one that was silent for longest is evicted first. */
  readonly sourcesMax: number
  /** Links with nodes that can be dialed: how many a node seeks, and how many it has at most. */
  readonly coreLinksWanted: number
  readonly coreLinksMax: number
  /** Links with nodes that only dial, as browsers do. */
  readonly leafLinksMax: number
  /** Addresses in one peer exchange; milliseconds between two; and how long a peer that dialed us must have been linked before its list is believed. */
  readonly exchangeAddressesMax: number
  readonly exchangeMs: number
  readonly exchangeTrustMs: number
  /** Dialed links per IPv4 /16 network, loopback and private networks excepted. */
  readonly dialedPerNetworkMax: number
  /** How many messages of forged records ban a peer, and for how long it is not linked then, milliseconds. */
  readonly forgeriesMax: number
  readonly banMs: number
}

/** The limits in force where the options say nothing. */
export const defaultLimits: Limits = Object.freeze({
  frameBytesMax: 1024 * 1024 + 4096,
  handshakeFrameBytesMax: 4096,
  inflateRatioMax: 100,
  handshakeMs: 10_000,
  halfOpenMax: 64,
  halfOpenPerHostMax: 8,
  peersMax: 128,
  pingMs: 15_000,
  deadMs: 45_000,
  sendQueueSoftBytes: 4 * 1024 * 1024,
  sendQueueHardBytes: 16 * 1024 * 1024,
  messagesPerSecond: 2000,
  bytesPerSecond: 8 * 1024 * 1024,
  workPerSecond: 50_000,
  burstSeconds: 10,
  receiveQueueBytes: 2 * 1024 * 1024,
  repairBytesMax: 16 * 1024 * 1024,
  repairMs: 60_000,
  sourcesMax: 6144,
  coreLinksWanted: 6,
  coreLinksMax: 10,
  leafLinksMax: 24,
  exchangeAddressesMax: 32,
  exchangeMs: 30_000,
  exchangeTrustMs: 60_000,
  dialedPerNetworkMax: 2,
  forgeriesMax: 3,
  banMs: 600_000,
})
