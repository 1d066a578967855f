import type { Link } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import { encodePeers, identityFromSeed } from '@ts2p/protocol'
import type { Address, OwnIdentity, Subnet } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import type { Host, Random, SimulatedNetwork } from '@ts2p/simulator'
import { randomOf } from './case-loop.ts'
import { addressOf, atHost, createNetwork, nodePort, pass, settled } from './simulated-nodes.ts'
import { helloPayload, shakeHands } from './stranger.ts'
import type { Stranger } from './stranger.ts'

const [honestCount, attackerCount, attackerNetworks] = [50, 1000, 10]
const peacefulMs = 30 * 60_000
const dayMs = 24 * 3_600_000
/** Dials of attackers to an honest node in a minute, and how often all links of one break. */
const [dialsPerMinute, cutsPerMinute] = [5, 0.002]
/** Attackers that an attacker names in a list, and how often it sends one, milliseconds. */
const [namedMax, listMs] = [32, 120_000]
const minuteMs = 60_000

interface Attacker {
  readonly identity: OwnIdentity
  readonly host: Host
  readonly address: Address
}

/**
 * A day of 50 mesh sockets among attackers, who accept each dial, dial honest nodes again and again as if they had no link, and name
 * each other only. Attackers cost little: a link of theirs answers pings, and sends lists.
 */
export class EclipseDay {
  readonly #network: SimulatedNetwork
  readonly #random: Random
  readonly #honest: { host: Host; socket: MeshSocket }[] = []
  readonly #attackers: Attacker[] = []
  readonly #links = new Set<Stranger>()

  constructor(index: number) {
    this.#network = createNetwork(index + 1, { latencyMs: [5, 50] })
    this.#random = randomOf(index)
  }

  /** @returns how many honest nodes have links with attackers only, or none, when the day is over */
  async run(): Promise<number> {
    await this.#startHonest()
    await pass(this.#network, peacefulMs, 5000)
    await this.#startAttackers()
    for (let minute = 0; minute < (dayMs - peacefulMs) / minuteMs; minute += 1) this.#planMinute(minute)
    this.#sendLists()
    await pass(this.#network, dayMs - peacefulMs, 5000)
    const honestIds = new Set(this.#honest.map(({ socket }) => socket.id))
    return this.#honest.filter(
      ({ socket }) => ![...(socket.routingTable?.keys() ?? [])].some((id) => honestIds.has(id)),
    ).length
  }

  /** Two honest nodes to a network; all know the first. */
  async #startHonest(): Promise<void> {
    const { simulation } = this.#network
    const seed = addressOf('81.0.0.0')
    for (let index = 0; index < honestCount; index += 1) {
      const host = simulation.host(`81.${index >> 1}.0.${index}`)
      const seeds = index === 0 ? [] : [seed]
      const socket = new MeshSocket({ ...atHost(this.#network, host), seeds })
      this.#honest.push({ host, socket })
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as nodes join
      await socket.listen()
      // oxlint-disable-next-line no-await-in-loop
      await pass(this.#network, 1000)
    }
  }

  async #startAttackers(): Promise<void> {
    const [first] = this.#honest
    if (!first) throw new Error('There are no honest nodes.')
    const { subnet } = first.socket
    for (let index = 0; index < attackerCount; index += 1) {
      const name = `66.${index % attackerNetworks}.${index >> 8}.${index & 255}`
      const host = this.#network.simulation.host(name)
      const identity = identityFromSeed(this.#random.bytes(32), quickSignatures)
      const attacker = { identity, host, address: addressOf(name) }
      this.#attackers.push(attacker)
      void this.#network.transport(host).listen?.(name, nodePort, (link) => this.#shake(link, attacker, subnet))
    }
    await settled()
  }

  #planMinute(minute: number): void {
    const { simulation } = this.#network
    const random = this.#random
    for (const { host, socket } of this.#honest) {
      for (let count = 0; count < dialsPerMinute; count += 1) {
        simulation.schedule((minute + random.float()) * minuteMs, () => {
          const attacker = random.pick(this.#attackers)
          this.#shake(this.#network.transport(attacker.host).dial(host.name, nodePort), attacker, socket.subnet)
        })
      }
      // Links break together, as when a node changes networks: the worst for it.
      if (random.chance(cutsPerMinute)) {
        simulation.schedule((minute + random.float()) * minuteMs, () => this.#network.cut(host))
      }
    }
  }

  #shake(link: Link, { identity, address }: Attacker, subnet: Subnet): void {
    const hello = { addresses: [address], isPressing: true, time: this.#network.simulation.now }
    const stranger = shakeHands(link, helloPayload(identity, hello, subnet), identity)
    this.#links.add(stranger)
    stranger.onEnd = () => this.#links.delete(stranger)
  }

  #sendLists(): void {
    for (const stranger of this.#links) {
      const named = Array.from({ length: namedMax }, () => this.#random.pick(this.#attackers))
      const peers = named.map(({ identity, address }) => ({ hash: identity.hash, addresses: [address] }))
      if (stranger.heard.some(({ kind }) => kind === 'verdict')) stranger.say('peers', encodePeers(peers))
    }
    this.#network.simulation.schedule(listMs, () => this.#sendLists())
  }
}
