import type { Connection } from '@ts2p/base'
import type { MeshSocket } from '@ts2p/mesh'
import { encodeHandshake, identityFromSeed } from '@ts2p/protocol'
import type { NodeId, OwnIdentity, Subnet } from '@ts2p/protocol'
import type { Random, SimulatedNetwork } from '@ts2p/simulator'
import { randomOf, unless } from '../cases/case-loop.ts'
import type { CaseResult } from '../cases/case-loop.ts'
import { createSigningNetwork, nodePort, pass, startMesh } from '../nodes/simulated-nodes.ts'
import { acceptance, frameOf, helloPayload, proofPayload, shakeHands, Stranger } from './stranger.ts'

/** What a claim is made with. */
interface Claim {
  readonly network: SimulatedNetwork
  readonly random: Random
  readonly subnet: Subnet
  /** Whose id is claimed. */
  readonly victim: OwnIdentity
  /** A handshake of the victim with the target, as it was on the wire. */
  readonly recorded: readonly Uint8Array[]
}

const thief = identityFromSeed(new Uint8Array(32).fill(9))
const quiet = { limits: { exchangeAddressesMax: 0 } }

const ways: Readonly<Record<string, (claim: Claim) => Stranger>> = {
  'its own signature': (claim) => shakeHands(dialTarget(claim), helloOf(claim), thief),
  'the proof of another session': (claim) => {
    const stranger = new Stranger(dialTarget(claim))
    stranger.onHello = () => {
      for (const payload of claim.recorded) stranger.say('handshake', payload)
    }
    return stranger
  },
  'random bytes for a signature': (claim) => {
    const stranger = new Stranger(dialTarget(claim), frameOf('handshake', helloOf(claim)))
    const signature = claim.random.bytes(64)
    stranger.onHello = () => {
      stranger.say('handshake', encodeHandshake({ kind: 'proof', signature, mac: undefined }))
      stranger.say('handshake', acceptance)
    }
    return stranger
  },
  'no proof': (claim) => {
    const stranger = new Stranger(dialTarget(claim), frameOf('handshake', helloOf(claim)))
    stranger.onHello = () => stranger.say('handshake', acceptance)
    return stranger
  },
  "the target's own words": (claim) => {
    const stranger = new Stranger(dialTarget(claim), frameOf('handshake', helloOf(claim)))
    const echo = new Stranger(dialTarget(claim))
    echo.onHello = () => {
      if (echo.theirHello) echo.say('handshake', echo.theirHello)
      if (echo.theirHello) stranger.say('handshake', proofPayload(helloOf(claim), echo.theirHello, thief))
      stranger.say('handshake', acceptance)
    }
    return stranger
  },
  'a proof for the other hello': (claim) => {
    const stranger = new Stranger(dialTarget(claim), frameOf('handshake', helloOf(claim)))
    // The victim has signed this, for a session of another nonce.
    const other = helloPayload(claim.victim, { nonce: claim.random.bytes(32) }, claim.subnet)
    stranger.onHello = () => {
      stranger.say('handshake', proofPayload(other, stranger.theirHello ?? other, claim.victim))
      stranger.say('handshake', acceptance)
    }
    return stranger
  },
  "the victim's stolen key": (claim) => shakeHands(dialTarget(claim), helloOf(claim), claim.victim),
}
const names = Object.keys(ways)

/**
 * Claims the id of a node, which is linked with the target or was. With the stolen key the claim is true, so that it is made only
 * while the node is linked: the link must stay all the same.
 */
export async function claimFalsely(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createSigningNetwork(index + 1)
  const victim = identityFromSeed(random.bytes(32))
  const { socket: target } = await startMesh(network, 'target', quiet)
  const name = names[index % names.length] ?? 'no proof'
  const isLinked = name === "the victim's stolen key" || random.chance(0.5)
  const recorded: Uint8Array[] = []
  const { socket } = await startMesh(network, 'victim', { ...quiet, identity: victim })
  await listenBetween(network, recorded)
  await link(network, socket, isLinked && name !== 'the proof of another session' ? 'target' : 'between')
  const before = target.routingTable?.get(victim.id)
  if (!before) return { violations: ['The victim was not linked at first.'] }
  if (!isLinked) {
    const closed = socket.close()
    await pass(network, 1000)
    await closed
  }
  const way = ways[name]
  const stranger = way?.({ network, random, subnet: target.subnet, victim, recorded })
  await pass(network, 2000)
  return {
    violations: [
      ...unless(stranger?.theirHello !== undefined, `The target has not answered the claim with ${name}.`),
      ...judge(target, { before: isLinked ? before : undefined, id: victim.id, name }),
    ],
  }
}

function judge(
  target: MeshSocket,
  { before, id, name }: { before: Connection | undefined; id: NodeId; name: string },
): string[] {
  const after = target.routingTable?.get(id)
  const expected = before ? 1 : 0
  const size = target.routingTable?.size ?? 0
  return [
    ...unless(after === before, `A claim with ${name} ${before ? 'replaced' : 'made'} the routing-table entry.`),
    ...unless(size === expected, `After a claim with ${name} there are ${size} links, ${expected} expected.`),
  ]
}

async function link(network: SimulatedNetwork, socket: MeshSocket, to: string): Promise<void> {
  const linked = socket.connect(to, nodePort)
  linked.catch(() => undefined)
  await pass(network, 500, 50)
  await linked
}

/** Carries a session between the victim and the target, and keeps what the victim said in it. */
async function listenBetween(network: SimulatedNetwork, recorded: Uint8Array[]): Promise<void> {
  const transport = network.transport(network.simulation.host('between'))
  await transport.listen?.('between', nodePort, (accepted) => {
    const dialed = new Stranger(transport.dial('target', nodePort))
    const near = new Stranger(accepted)
    dialed.onFrame = (frame) => accepted.write([frame])
    near.onFrame = (frame, payload, flag) => {
      if (flag === 'handshake') recorded.push(payload)
      if (dialed.isOpen) dialed.link.write([frame])
      else dialed.early.push(frame)
    }
    near.onEnd = () => dialed.link.close()
    dialed.onEnd = () => accepted.close()
  })
}

function dialTarget({
  network,
}: Pick<Claim, 'network'>): ReturnType<ReturnType<SimulatedNetwork['transport']>['dial']> {
  const { simulation } = network
  const name = `thief-${simulation.random.integer(0, 2 ** 30)}`
  return network.transport(simulation.host(name)).dial('target', nodePort)
}

function helloOf({ victim, subnet }: Claim): Uint8Array {
  return helloPayload(victim, {}, subnet)
}
