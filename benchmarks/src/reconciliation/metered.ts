import type { Link, LinkHandler, Transport } from '@ts2p/base'
import { decodeEnvelope, FrameDecoder } from '@ts2p/protocol'

const bytesMax = 2 ** 24

/** What the links of a transport carried, of comparisons and of records. */
export class Meter {
  /** Bytes of the messages of comparisons: by themselves, and with what is around them on the wire. */
  compareBytes = 0
  compareWireBytes = 0
  /** Bytes of records, on the wire. */
  recordBytes = 0
  /** When the first of these messages was sent, and when the last that had records, virtual milliseconds. */
  firstMs: number | undefined
  recordMs: number | undefined
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  reset(): void {
    this.compareBytes = 0
    this.compareWireBytes = 0
    this.recordBytes = 0
    this.firstMs = undefined
    this.recordMs = undefined
  }

  /** The same transport, with the bytes counted that this side writes. */
  around(transport: Transport): Transport {
    return {
      ...transport,
      listen: async (host, port, onLink) => {
        if (!transport.listen) throw new Error('It cannot listen.')
        return transport.listen(host, port, (link) => onLink(this.#metered(link)))
      },
      dial: (host, port) => this.#metered(transport.dial(host, port)),
    }
  }

  #metered(link: Link): Link {
    const frames = new FrameDecoder(bytesMax)
    return {
      remoteHost: link.remoteHost,
      get bufferedBytes() {
        return link.bufferedBytes
      },
      attach: (handler: LinkHandler) => link.attach(handler),
      write: (chunks) => {
        for (const chunk of chunks) frames.push(Uint8Array.from(chunk))
        for (let frame = frames.next(); frame; frame = frames.next()) this.#count(frame)
        link.write(chunks)
      },
      pause: () => link.pause(),
      resume: () => link.resume(),
      close: () => link.close(),
      destroy: () => link.destroy(),
    }
  }

  #count(frame: Uint8Array): void {
    const { flag, payload } = decodeEnvelope(frame, { bytesMax, ratioMax: 1000 })
    if (flag !== 'retrieve' && flag !== 'retrieved') return
    const wireBytes = frame.length + 4
    if (flag === 'retrieved') this.recordBytes += wireBytes
    else {
      this.compareBytes += payload.length
      this.compareWireBytes += wireBytes
    }
    this.firstMs ??= this.#now()
    if (flag === 'retrieved') this.recordMs = this.#now()
  }
}
