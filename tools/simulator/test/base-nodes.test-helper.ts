import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, BaseSocketOptions, Connection, Link } from '@ts2p/base'
import {
  createSubnet,
  decodeEnvelope,
  decodeHandshake,
  encodeHandshake,
  FrameDecoder,
  identityFromSeed,
  prove,
} from '@ts2p/protocol'
import { OutgoingEnvelope, textFromBytes } from '@ts2p/protocol'
import type { Address, Flag, HandshakeMessage, Hello, OwnIdentity, Subnet } from '@ts2p/protocol'
import type { Host, SimulatedNetwork } from '../src/index.ts'

export { createSigningNetwork as createNetwork, outcomeOf, settled } from '../src/testing.ts'

/** The port of every node; its host is its name. */
export const port = 4444
const cats: Subnet = createSubnet({ description: 'cats', security: 'plaintext' })
export const addressOf = (name: string): Address => ({ transport: 'sim', host: name, port })
export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** A node, its host, and what it was told. */
export interface Node {
  readonly name: string
  readonly host: Host
  readonly socket: BaseSocket
  /** Events other than messages, in order. */
  readonly events: string[]
  readonly messages: string[]
}

/** A node on a host of its own, or on one that there is; not listening yet. */
export function createNode(
  network: SimulatedNetwork,
  name: string,
  options: Partial<BaseSocketOptions> & { host?: Host } = {},
  handler?: BaseHandler,
): Node {
  const { host = network.simulation.host(name), ...rest } = options
  const { environment } = host
  const base = { subnet: cats, environment, transports: [network.transport(host)], listen: [{ host: name, port }] }
  const socket = new BaseSocket(
    { identity: identityFromSeed(environment.randomBytes(32), environment.ed25519), ...base, ...rest },
    handler,
  )
  const events: string[] = []
  const messages: string[] = []
  const code = (error: Error | undefined): string => (error && 'code' in error ? ` ${String(error.code)}` : '')
  socket.on('link', ({ direction }) => events.push(`link ${direction}`))
  socket.on('unlink', (_, error) => events.push(`unlink${code(error)}`))
  socket.on('refused', ({ refusal, refusedBy }) => events.push(`refused ${refusal} by ${refusedBy}`))
  socket.on('message', (_, payload) => messages.push(textFromBytes(payload)))
  return { name, host, socket, events, messages }
}

/** A node that listens on its host. */
export async function startNode(...node: Parameters<typeof createNode>): Promise<Node> {
  const created = createNode(...node)
  await created.socket.listen()
  return created
}

/** anna and bert; anna has dialed bert. */
export async function startPair(
  network: SimulatedNetwork,
  options: Partial<BaseSocketOptions> = {},
): Promise<{ anna: Node; bert: Node; connection: Connection }> {
  const [anna, bert] = [await startNode(network, 'anna', options), await startNode(network, 'bert', options)]
  return { anna, bert, connection: await dial(network, anna, 'bert') }
}

/** Dials, and a virtual second passes. */
export function dial(network: SimulatedNetwork, from: Node, to: string): Promise<Connection> {
  const dialed = from.socket.dial(addressOf(to))
  network.simulation.runFor(1000)
  return dialed
}

/** A link without a node behind it, which says what it is told to, and what it has heard. */
export class Stranger {
  readonly link: Link
  readonly heard: HandshakeMessage[] = []
  /** The payload of the other side's hello, as it came. */
  theirHello: Uint8Array = new Uint8Array(0)
  /** When the link ended, virtual milliseconds. */
  endedAt: number | undefined
  readonly #decoder = new FrameDecoder(4096)

  /** @param greeting what it writes once the link is open */
  constructor(network: SimulatedNetwork, link: Link, greeting?: Uint8Array) {
    this.link = link
    link.attach({
      onOpen: () => greeting && link.write([greeting]),
      onData: (chunk) => this.#read(chunk),
      onDrain: () => undefined,
      onClose: () => (this.endedAt = network.simulation.elapsedMs),
    })
  }

  say(flag: Flag, payload: Uint8Array): void {
    this.link.write([frameOf(flag, payload)])
  }

  #read(chunk: Uint8Array): void {
    this.#decoder.push(chunk)
    for (let body = this.#decoder.next(); body; body = this.#decoder.next()) {
      const { flag, payload } = decodeEnvelope(body, { bytesMax: 4096, ratioMax: 100 })
      if (flag !== 'handshake') continue
      const message = decodeHandshake(payload.slice())
      if (message.kind === 'hello') this.theirHello = payload.slice()
      this.heard.push(message)
    }
  }
}

/** A stranger who dials from a host, which need not be new. */
export function startStranger(network: SimulatedNetwork, host: Host, to: string, greeting?: Uint8Array): Stranger {
  return new Stranger(network, network.transport(host).dial(to, port), greeting)
}

export function frameOf(flag: Flag, payload: Uint8Array): Uint8Array {
  return Buffer.concat(new OutgoingEnvelope(flag, payload).frame(false).chunks)
}

/** Who a stranger is when it says `helloFrame()`. */
export const mallory: OwnIdentity = identityFromSeed(new Uint8Array(32).fill(9))

/** The payload of a hello such as a node of the subnet says it, but for what is changed. */
function helloPayload(change: Partial<Hello> = {}): Uint8Array {
  const { version, descriptionHash, security, terms } = cats
  const lists = { compressions: [], addresses: [], requiredFeatures: [] }
  const rest = { nodeKey: mallory.key, nonce: new Uint8Array(32).fill(1), isChannelBound: false, isClosed: false }
  return encodeHandshake({
    kind: 'hello',
    isHighPriority: false,
    version,
    descriptionHash,
    security,
    terms,
    time: 1_800_000_000_000,
    ...lists,
    ...rest,
    ...change,
  })
}

export function helloFrame(change: Partial<Hello> = {}): Uint8Array {
  return frameOf('handshake', helloPayload(change))
}

/** The payload of the proof that belongs to `helloFrame()`, for the one whose hello this is. */
export function proofFor(
  theirHello: Uint8Array,
  signer: OwnIdentity = mallory,
  change: Partial<Hello> = {},
): Uint8Array {
  const context = { dialerHello: helloPayload(change), acceptorHello: theirHello, channelBinding: undefined }
  return encodeHandshake(prove(context, { role: 'dialer', sign: (message) => signer.sign(message), secret: undefined }))
}

export const acceptance: Uint8Array = encodeHandshake({ kind: 'decision', refusal: undefined, peerHints: [] })
