/**
 * What a frame is. The names and numbers are those of py2p and js2p where those have one; their meaning here is in
 * docs/protocol.md.
 */
export const flags = {
  /** To every node: messages of the application, or a message of a channel. */
  broadcast: 0,
  /** Reserved: the compression of a link is settled in its handshake. */
  renegotiate: 1,
  /** To the neighbors only: messages of the application, or to one of them a message of a channel. */
  whisper: 2,
  ping: 3,
  pong: 4,
  handshake: 5,
  /** Which messages this side has, for a neighbor that may lack some. */
  notify: 6,
  /** Addresses of other nodes. */
  peers: 7,
  /** To every node: who is the node with this id? */
  request: 8,
  /** Messages wanted, and with them all that their sources send later. */
  resend: 9,
  /** To every node: I am; so each learns the way to it. */
  response: 10,
  /** Reserved: records of the dictionary go by its channel. */
  store: 11,
  retrieve: 12,
  retrieved: 13,
  /** To one node, hop by hop. */
  forward: 14,
  /** Reserved: changes of a part of a value. */
  delta: 17,
  /** To a neighbor: no more messages of these sources, only announcements of them. */
  prune: 20,
  /** To one node, hop by hop: which of its messages arrived, or which a relay has dropped. */
  acknowledge: 21,
} as const

/** The name of what a frame is. */
export type Flag = keyof typeof flags

const namesByNumber: ReadonlyMap<number, Flag> = new Map(
  Object.entries(flags).map(([name, number]) => [number, name as Flag]),
)

/** The name of a flag's number; undefined for one that this version does not know. */
export function flagName(number: number): Flag | undefined {
  return namesByNumber.get(number)
}
