import type { Link, Transport } from '@ts2p/base'
import type { Flag } from '@ts2p/protocol'
import { nodePort } from '../nodes/simulated-nodes.ts'
import { frameOf, Stranger } from './stranger.ts'

/** Which way a message goes through the man in the middle. */
export type Way = 'to the acceptor' | 'to the dialer'

/** What the man in the middle makes of a message: the payloads to send in its place. */
export type Tamper = (way: Way, payload: Uint8Array, flag: Flag) => readonly Uint8Array[]

/** Listens on a host, dials on to another node for each link, and carries the messages of both, as he likes. */
export async function startManInTheMiddle(options: {
  readonly transport: Transport
  readonly host: string
  readonly to: string
  readonly tamper: Tamper
}): Promise<void> {
  const { transport, host, to, tamper } = options
  const carry = (accepted: Link): void => {
    const near = new Stranger(accepted)
    const far = new Stranger(transport.dial(to, nodePort))
    for (const [from, other, way] of [
      [near, far, 'to the acceptor'],
      [far, near, 'to the dialer'],
    ] as const) {
      from.onFrame = (_, payload, flag) => {
        const frames = tamper(way, payload, flag).map((each) => frameOf(flag, each))
        if (other.isOpen) other.link.write(frames)
        else other.early.push(...frames)
      }
      from.onEnd = () => other.link.close()
    }
  }
  await transport.listen?.(host, nodePort, carry)
}

/** A transport whose links are encrypted, as far as a node can tell: both ends of a channel know the same secret of it. */
export function boundTransport(transport: Transport, binding: string): Transport {
  const bind = (link: Link): Link => Object.assign(link, { channelBinding: new Uint8Array(Buffer.from(binding)) })
  return {
    ...transport,
    listen: async (host, port, onLink) => {
      if (!transport.listen) throw new Error('The simulated transport listens.')
      return transport.listen(host, port, (link) => onLink(bind(link)))
    },
    dial: (host, port) => bind(transport.dial(host, port)),
  }
}
