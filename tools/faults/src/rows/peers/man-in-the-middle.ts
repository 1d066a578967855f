import type { BaseSocketOptions, Transport } from '@ts2p/base'
import { createSubnet, decodeHandshake, encodeHandshake, identityFromSeed } from '@ts2p/protocol'
import type { Hello } from '@ts2p/protocol'
import type { Host, Random, SimulatedNetwork } from '@ts2p/simulator'
import { noise } from '@ts2p/transport-noise'
import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { boundTransport, startManInTheMiddle } from '../../support/adversaries/man-in-the-middle.ts'
import type { Tamper, Way } from '../../support/adversaries/man-in-the-middle.ts'
import { addressOf, createSigningNetwork, outcomeOf, pass, startBase } from '../../support/nodes/simulated-nodes.ts'

const mallory = identityFromSeed(new Uint8Array(32).fill(9))
const ways = ['to the acceptor', 'to the dialer'] as const
const secret = 'a secret that nobody guesses'
/** Longer than a handshake may take. */
const handshakeMs = 11_000

/** Which handshake message is attacked: of each way the hello is the first, the proof the second. */
interface Target {
  readonly way: Way
  readonly nth: 0 | 1
  readonly random: Random
  /** What another session of the same two nodes had on the wire. */
  readonly recorded: Readonly<Record<Way, readonly Uint8Array[]>>
}

const changes: readonly ((hello: Hello, random: Random) => Partial<Hello>)[] = [
  () => ({ compressions: [] }),
  ({ isChannelBound }) => ({ isChannelBound: !isChannelBound }),
  () => ({ addresses: [addressOf('mallory')] }),
  (_, random) => ({ nonce: random.bytes(32) }),
  () => ({ nodeKey: mallory.key }),
  ({ version }) => ({ version: version - 1 }),
  ({ security }) => ({ security: security === 'plaintext' ? 'tls' : 'plaintext' }),
  ({ terms }) => ({ terms: terms.slice(1) }),
  ({ time }) => ({ time: time + 86_400_000 }),
]

const attacks: Readonly<Record<string, (target: Target) => Tamper>> = {
  flip: (target) =>
    strike(target, (payload) => {
      const bit = target.random.integer(0, payload.length * 8 - 1)
      return [payload.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))]
    }),
  swap: (target) => {
    let held: Uint8Array | undefined
    return (way, payload, flag) => {
      if (way !== target.way || flag !== 'handshake') return [payload]
      if (!held) {
        held = payload
        return []
      }
      return [payload, held]
    }
  },
  forwarder: () => (_, payload) => [payload],
  reflect: (target) => {
    const heard: Record<Way, Uint8Array[]> = { 'to the acceptor': [], 'to the dialer': [] }
    const back: Record<Way, Way> = { 'to the acceptor': 'to the dialer', 'to the dialer': 'to the acceptor' }
    let struck = false
    return (way, payload) => {
      heard[way].push(payload)
      const own = heard[back[way]][target.nth]
      if (way !== target.way || struck || !own) return [payload]
      struck = true
      return [own]
    }
  },
  replay: (target) => strike(target, (payload) => [target.recorded[target.way][target.nth] ?? payload.subarray(1)]),
  strip: (target) => strike(target, () => []),
  downgrade: (target) => {
    const change = target.random.pick(changes)
    return strike({ ...target, nth: 0 }, (payload) => {
      const message = decodeHandshake(payload)
      if (message.kind !== 'hello') throw new Error('The first message is no hello.')
      return [encodeHandshake({ ...message, ...change(message, target.random) })]
    })
  },
  'strip the secret': () => (_, payload, flag) => {
    const message = flag === 'handshake' ? decodeHandshake(payload) : undefined
    if (message?.kind === 'hello') return [encodeHandshake({ ...message, isClosed: false })]
    return [message?.kind === 'proof' ? encodeHandshake({ ...message, mac: undefined }) : payload]
  },
}
const names = Object.keys(attacks)

/** Strikes the nth handshake message of a way once, and carries all others. */
function strike({ way, nth }: Target, change: (payload: Uint8Array) => readonly Uint8Array[]): Tamper {
  let seen = 0
  return (goes, payload, flag) => {
    if (goes !== way || flag !== 'handshake') return [payload]
    seen += 1
    return seen - 1 === nth ? change(payload) : [payload]
  }
}

/** A node dials another through a man in the middle. */
export const manInTheMiddle: FaultRow = {
  name: 'man-in-the-middle',
  fault: 'A man in the middle flips, swaps, relays, reflects, replays, strips or downgrades a handshake.',
  mustHold: 'Neither of the two nodes has a link.',
  wanted: 1000,
  unit: 'attacks',
  open: () => ({ slice: (from, until) => runCases(from, until, attack) }),
}

async function attack(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const name = names[index % names.length] ?? 'flip'
  // Who only carries is no fault on a link that is not encrypted: there nothing is called secure. The other attacks have to
  // be noticed by the handshake alone.
  const kind = name === 'relay' ? random.pick(['noise', 'bound'] as const) : 'plain'
  const recorded: Record<Way, Uint8Array[]> = { 'to the acceptor': [], 'to the dialer': [] }
  if (name === 'replay') {
    const links = await dialThrough({ seed: index, kind: 'plain' }, (way, payload) => {
      recorded[way].push(payload)
      return [payload]
    })
    if (links !== 2) return { violations: ['A man in the middle who only carries plaintext was noticed.'] }
  }
  const target: Target = { way: random.pick(ways), nth: random.pick([0, 1] as const), random, recorded }
  let [met, struck] = [0, false]
  const tamper = attacks[name]?.(target)
  const links = await dialThrough(
    { seed: index, kind, isOther: true, isClosed: name === 'strip the secret' },
    (...said) => {
      met += 1
      const instead = tamper?.(...said) ?? []
      struck ||= instead.length !== 1 || instead[0] !== said[1]
      return instead
    },
  )
  const context = `${name} ${target.way}, message ${target.nth}, over ${kind}: `
  return {
    violations: [
      ...unless(links === 0, `${context}there are ${links} ends of links.`),
      ...unless(met > 0 && (struck || name === 'relay'), `${context}the attack met ${met} messages and changed none.`),
    ],
  }
}

interface Session {
  readonly seed: number
  readonly kind: 'plain' | 'bound' | 'noise'
  /** Whether it is another session of the same nodes. */
  readonly isOther?: boolean
  readonly isClosed?: boolean
}

/** anna, who takes mallory's address for bert's, dials it. @returns how many ends of links the two have */
async function dialThrough({ seed, kind, isOther, isClosed }: Session, tamper: Tamper): Promise<number> {
  const network = createSigningNetwork(2 * seed + (isOther ? 1 : 0))
  const identities = [1, 2].map((nth) => identityFromSeed(new Uint8Array(32).fill(nth)))
  const [identityA, identityB] = identities
  if (!identityA || !identityB) throw new Error('There are two nodes.')
  const [hostA, hostB, hostM] = ['anna', 'bert', 'mallory'].map((name) => network.simulation.host(name))
  if (!hostA || !hostB || !hostM) throw new Error('There are three hosts.')
  const options = (host: Host, binding: string): Partial<BaseSocketOptions> & { host: Host } => {
    const transport = transportOf(network, host, { kind, binding })
    const subnet = createSubnet({ description: 'faults', security: transport.security })
    return { host, subnet, transports: [transport], ...(isClosed && { secret }) }
  }
  const anna = await startBase(network, 'anna', { ...options(hostA, 'with anna'), identity: identityA })
  const bert = await startBase(network, 'bert', { ...options(hostB, 'with bert'), identity: identityB })
  const transport = transportOf(network, hostM, { kind: kind === 'bound' ? 'plain' : kind, binding: '' })
  await startManInTheMiddle({ transport, host: 'mallory', to: 'bert', tamper })
  const dialed = outcomeOf(anna.socket.dial({ ...addressOf('mallory'), transport: transport.name }))
  await pass(network, handshakeMs, 500)
  if (!dialed.isSettled) throw new Error('The dial has not come to anything.')
  return anna.socket.connections.size + bert.socket.connections.size
}

function transportOf(
  network: SimulatedNetwork,
  host: Host,
  { kind, binding }: { kind: Session['kind']; binding: string },
): Transport {
  const plain = network.transport(host)
  if (kind === 'bound') return boundTransport(plain, binding)
  return kind === 'noise' ? noise(plain, { randomBytes: (length) => host.environment.randomBytes(length) }) : plain
}
