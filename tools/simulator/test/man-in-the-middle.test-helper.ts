import type { Link, Transport } from '@ts2p/base'
import { decodeEnvelope, FrameDecoder } from '@ts2p/protocol'
import type { Flag } from '@ts2p/protocol'
import type { SimulatedNetwork } from '../src/index.ts'
import { frameOf, port } from './base-nodes.test-helper.ts'

/** Which way a message goes through the man in the middle. */
export type Way = 'to the acceptor' | 'to the dialer'

/** What he makes of a message: the payloads to send in its place. */
export type Tamper = (way: Way, payload: Uint8Array, flag: Flag) => readonly Uint8Array[]

/** Listens as `mallory`, dials on to another node, and carries the messages of both, as he likes. */
export async function startManInTheMiddle(network: SimulatedNetwork, to: string, tamper: Tamper): Promise<void> {
  const host = network.simulation.host('mallory')
  const transport = network.transport(host)
  await transport.listen?.('mallory', port, (accepted) => {
    const dialed = transport.dial(to, port)
    const waiting: Uint8Array[] = []
    let isOpen = false
    carry(
      accepted,
      (flag, payload) => {
        const frames = tamper('to the acceptor', payload, flag).map((each) => frameOf(flag, each))
        if (isOpen) dialed.write(frames)
        else waiting.push(...frames)
      },
      dialed,
    )
    carry(
      dialed,
      (flag, payload) => accepted.write(tamper('to the dialer', payload, flag).map((each) => frameOf(flag, each))),
      accepted,
      () => {
        isOpen = true
        dialed.write(waiting)
      },
    )
  })
}

function carry(
  from: Link,
  take: (flag: Flag, payload: Uint8Array) => void,
  to: Link,
  onOpen = (): void => undefined,
): void {
  const decoder = new FrameDecoder(2 ** 20)
  from.attach({
    onOpen,
    onData(chunk) {
      decoder.push(chunk)
      for (let body = decoder.next(); body; body = decoder.next()) {
        const { flag, payload } = decodeEnvelope(body, { bytesMax: 2 ** 20, ratioMax: 100 })
        if (flag) take(flag, payload.slice())
      }
    },
    onDrain: () => undefined,
    onClose: () => to.close(),
  })
}

/** A transport whose links are encrypted, as far as a node can tell: both ends of a channel know the same secret of it. */
export function boundTransport(transport: Transport, binding: string): Transport {
  const bind = (link: Link): Link => Object.assign(link, { channelBinding: new Uint8Array(Buffer.from(binding)) })
  return {
    ...transport,
    listen: async (host, at, onLink) => {
      if (!transport.listen) throw new Error('The simulated transport listens.')
      return transport.listen(host, at, (link) => onLink(bind(link)))
    },
    dial: (host, at) => bind(transport.dial(host, at)),
  }
}
