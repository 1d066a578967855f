import type { Link } from '@ts2p/base'
import {
  FrameDecoder,
  OutgoingEnvelope,
  channelNumber,
  createSubnet,
  decodeEnvelope,
  decodeHandshake,
  decodeNeighborMessage,
  encodeHandshake,
  encodeNeighborMessage,
  prove,
} from '@ts2p/protocol'
import type { Flag, HandshakeMessage, Hello, NeighborMessageKind, OwnIdentity, Subnet } from '@ts2p/protocol'

/** A message as bytes of the wire. */
export function frameOf(flag: Flag, payload: Uint8Array, options?: { readonly channel: number }): Uint8Array {
  return Buffer.concat(new OutgoingEnvelope(flag, payload, options).frame(false).chunks)
}

/** The channel of the dictionary. */
const syncChannel = channelNumber('sync')

/** The payload of a hello such as a node of the subnet says it, but for what is changed. */
export function helloPayload(
  identity: OwnIdentity,
  change: Partial<Hello> = {},
  subnet: Subnet = createSubnet({ description: 'faults', security: 'plaintext' }),
): Uint8Array {
  const { version, descriptionHash, security, terms } = subnet
  return encodeHandshake({
    kind: 'hello',
    isHighPriority: false,
    ...{ version, descriptionHash, security, terms },
    ...{ compressions: [], addresses: [], requiredFeatures: [] },
    ...{ nodeKey: identity.key, nonce: new Uint8Array(32).fill(1), isChannelBound: false, isClosed: false },
    time: 1_800_000_000_000,
    ...change,
  })
}

/** The payload of the proof of a stranger who dialed, for these two hellos. */
export function proofPayload(ourHello: Uint8Array, theirHello: Uint8Array, signer: OwnIdentity): Uint8Array {
  const context = { dialerHello: ourHello, acceptorHello: theirHello, channelBinding: undefined }
  return encodeHandshake(prove(context, { role: 'dialer', sign: (message) => signer.sign(message), secret: undefined }))
}

export const acceptance: Uint8Array = encodeHandshake({ kind: 'decision', refusal: undefined, peerHints: [] })

/** A link without a node behind it, which says what it is told to, and what it has heard. */
export class Stranger {
  readonly link: Link
  readonly heard: HandshakeMessage[] = []
  isOpen = false
  isEnded = false
  /** The payload of the other side's hello, as it came. */
  theirHello: Uint8Array | undefined
  /** Called once the other side's hello is here. */
  onHello: () => void = () => undefined
  /** Called for each message after the handshake's. */
  onMessage: (flag: Flag | undefined, payload: Uint8Array) => void = () => undefined
  /** Called for each message of the dictionary to a neighbor. */
  onNeighborMessage: (kind: NeighborMessageKind, payload: Uint8Array) => void = () => undefined
  /** Called for each message, the handshake's included, with its frame: for one who only carries. */
  onFrame: ((frame: Uint8Array, payload: Uint8Array, flag: Flag) => void) | undefined
  onEnd: () => void = () => undefined
  /** Written once the link is open. */
  readonly early: Uint8Array[] = []
  readonly #decoder = new FrameDecoder(2 ** 20 + 4096)

  /** @param greeting what it writes once the link is open */
  constructor(link: Link, greeting?: Uint8Array) {
    this.link = link
    link.attach({
      onOpen: () => {
        this.isOpen = true
        if (greeting) link.write([greeting])
        for (const frame of this.early.splice(0)) link.write([frame])
      },
      onData: (chunk) => this.#read(chunk),
      onDrain: () => undefined,
      onClose: () => {
        this.isEnded = true
        this.onEnd()
      },
    })
  }

  say(flag: Flag, payload: Uint8Array): void {
    this.link.write([frameOf(flag, payload)])
  }

  /** Says something to the neighbor on the channel of the dictionary. */
  sayToNeighbor(kind: NeighborMessageKind, payload: Uint8Array): void {
    this.link.write([frameOf('whisper', encodeNeighborMessage(kind, payload), { channel: syncChannel })])
  }

  /** Says something to all on the channel of the dictionary. */
  sayToAll(flood: Uint8Array): void {
    this.link.write([frameOf('broadcast', flood, { channel: syncChannel })])
  }

  #read(chunk: Uint8Array): void {
    this.#decoder.push(chunk)
    for (let body = this.#decoder.next(); body; body = this.#decoder.next()) {
      const { flag, payload, channel } = decodeEnvelope(body, { bytesMax: 2 ** 20 + 4096, ratioMax: 100 })
      if (this.onFrame && flag) {
        this.onFrame(frameOf(flag, payload, { channel }), payload.slice(), flag)
        continue
      }
      if (flag === 'whisper' && channel === syncChannel) {
        const message = decodeNeighborMessage(payload)
        this.onNeighborMessage(message.kind, message.payload)
        continue
      }
      if (flag !== 'handshake') {
        if (flag === 'ping') this.say('pong', new Uint8Array(0))
        this.onMessage(flag, payload)
        continue
      }
      const message = decodeHandshake(payload.slice())
      this.heard.push(message)
      if (message.kind !== 'hello') continue
      this.theirHello = payload.slice()
      this.onHello()
    }
  }
}

/** Shakes hands as the signer, with a hello that may claim somebody else's key; accepts in any case. */
export function shakeHands(link: Link, hello: Uint8Array, signer: OwnIdentity): Stranger {
  const stranger = new Stranger(link, frameOf('handshake', hello))
  stranger.onHello = () => {
    stranger.say('handshake', proofPayload(hello, stranger.theirHello ?? hello, signer))
    stranger.say('handshake', acceptance)
  }
  return stranger
}
