import { nodeIdFromHash } from '@ts2p/protocol'
import type { Address, NodeId } from '@ts2p/protocol'
import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { AddressBook } from '../src/membership/address-book.ts'
import { ConnectionAges } from '../src/membership/connection-age.ts'
import { samplePeers } from '../src/membership/exchange-policy.ts'
import { planDialManager } from '../src/membership/dial-plan.ts'
import type { DialPlanInput } from '../src/membership/dial-plan.ts'
import { PeerTable } from '../src/membership/peer-table.ts'
import type { KnownPeerNode } from '../src/membership/peer-table.ts'
import { evictable, evictableForDial, hasSlot } from '../src/membership/slot-policy.ts'
import type { Slot } from '../src/membership/slot-policy.ts'

// 50 honest nodes, and half an hour later 1,000 attackers who own ten /16 networks: they accept everyone, dial everyone again and
// again as if they had no link, and name each other only. The rules of membership as they are, without sockets; two hours, or with
// TS2P_FULL=1 a day, in steps of a minute.

const [honestCount, attackerCount, attackerNetworks] = [50, 1000, 10]
const stepMs = 60_000
const steps = scaled(2, 24) * 60
const peacefulSteps = 30
/** Attackers that dial an honest node in a step, the share of links that break in it, and steps between two dials of the seed. */
const [dialManagerPerStep, breaks, stepsPerProbe] = [20, 0.002, 5]
const limits = { coreLinksMax: 10, leafLinksMax: 24, exchangeAddressesMax: 32, dialedPerNetworkMax: 2, linksWanted: 6 }
/** `pnpm faults --only eclipse` runs a thousand, a few at a time. */
const seeds = Number(process.env['TS2P_ECLIPSE_SEEDS'] ?? 1)
const firstSeed = Number(process.env['TS2P_ECLIPSE_FIRST_SEED'] ?? 1)

interface Link extends Slot {
  readonly peer: KnownPeerNode
}

interface Honest {
  readonly self: KnownPeerNode
  readonly book: AddressBook
  readonly ages: ConnectionAges
  links: Link[]
}

function nodeAt(index: number, host: string): KnownPeerNode {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, index)
  return { id: nodeIdFromHash(hash), hash, addresses: [{ transport: 'tcp', host, port: 4444 }] }
}

class Day {
  readonly #random: Random
  readonly #attackers: KnownPeerNode[]
  readonly #honest: Honest[]
  readonly #byId = new Map<NodeId, Honest>()
  #now = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
    const random = (): number => this.#random.float()
    this.#attackers = Array.from({ length: attackerCount }, (_, index) =>
      nodeAt(index, `66.${index % attackerNetworks}.${index >> 8}.${index & 255}`),
    )
    // Two honest nodes to a network.
    this.#honest = Array.from({ length: honestCount }, (_, index) => {
      const table = new PeerTable()
      const book = new AddressBook({ table, random })
      const self = nodeAt(10_000 + index, `81.${index >> 1}.0.${index}`)
      return { self, book, ages: new ConnectionAges(table), links: [] }
    })
    for (const each of this.#honest) this.#byId.set(each.self.id, each)
  }

  /** @returns how many honest nodes have links with attackers only, when the day is over */
  run(): number {
    const [seed] = this.#honest
    for (let step = 0; step < steps; step++) {
      this.#now += stepMs
      for (const node of this.#honest) {
        this.#lose(node)
        this.#hear(node)
        if (step >= peacefulSteps) this.#beDialed(node)
        this.#dial(node)
        if (seed && node !== seed && node.links.length < limits.linksWanted) this.#join(node, seed)
        if (seed && node !== seed && this.#random.chance(1 / stepsPerProbe)) this.#link(node, seed.self, true)
      }
    }
    return this.#honest.filter(({ links }) => !links.some(({ peer }) => this.#byId.has(peer.id))).length
  }

  /** Links break; whoever had dialed does so again, before others have taken the place, or high-priority joins for one. */
  #lose(node: Honest): void {
    for (const link of node.links) {
      if (!this.#random.chance(breaks)) continue
      this.#end(node, link, true)
      const other = this.#byId.get(link.peer.id)
      if (link.direction === 'dialed') this.#link(node, link.peer, true)
      else if (other) this.#link(other, node.self, true)
    }
  }

  /** The seed, or whom it names instead. */
  #join(node: Honest, seed: Honest): void {
    if (this.#link(node, seed.self) || seed.links.length === 0) return
    this.#link(node, this.#random.pick(seed.links).peer)
  }

  /** A list of one neighbor: attackers name each other. */
  #hear(node: Honest): void {
    if (node.links.length === 0) return
    const { peer, direction, since } = this.#random.pick(node.links)
    if (direction === 'accepted' && this.#now - since < 60_000) return
    const other = this.#byId.get(peer.id)
    const list = other
      ? samplePeers(
          node.self.id,
          { linked: other.links.map((link) => link.peer), heardOf: other.book.candidates(this.#now), resting: [] },
          limits,
          () => this.#random.float(),
        )
      : Array.from({ length: 32 }, () => this.#random.pick(this.#attackers))
    for (const each of list) node.book.addHearsay(each)
  }

  #beDialed(node: Honest): void {
    for (let count = 0; count < dialManagerPerStep; count++) this.#take(node, this.#random.pick(this.#attackers), true)
  }

  #dial(node: Honest): void {
    const { dial } = planDialManager(this.#view(node), () => this.#random.float())
    for (const { id } of dial) {
      const peer = node.book.candidates(this.#now).find((each) => each.id === id)
      if (peer && !this.#link(node, peer))
        node.book.rest(addressOf(peer), this.#now, { restMs: 10_000, isSilent: false })
    }
  }

  /** The node dials another: an attacker takes everyone. */
  #link(node: Honest, peer: KnownPeerNode, wasLost = false): boolean {
    if (peer.id === node.self.id || node.links.some((link) => link.peer.id === peer.id)) return false
    const other = this.#byId.get(peer.id)
    const hasFew = node.links.length < limits.linksWanted / 2 || dialedOf(node) === 0
    if (other && !this.#take(other, node.self, hasFew || wasLost)) return false
    this.#add(node, peer, 'dialed')
    this.#makeRoom(node, [evictableForDial(node.links) ?? []].flat())
    node.book.learn(peer, addressOf(peer))
    return true
  }

  /** Someone dials the node. */
  #take(node: Honest, peer: KnownPeerNode, isHighPriority: boolean): boolean {
    if (node.links.some((link) => link.peer.id === peer.id)) return false
    if (!hasSlot({ isDialOnly: false, isHighPriority, before: 0, host: undefined }, node.links, limits, this.#now))
      return false
    this.#add(node, peer, 'accepted')
    node.book.learn(peer)
    this.#makeRoom(node, evictable(node.links.slice(0, -1), this.#now))
    return true
  }

  /** For the latest link another goes. */
  #makeRoom(node: Honest, gone: readonly Link[]): void {
    const latest = node.links.at(-1)
    if (node.links.length <= limits.coreLinksMax || !latest) return
    this.#end(node, gone.length > 0 ? this.#random.pick(gone) : latest)
  }

  #add(node: Honest, peer: KnownPeerNode, direction: 'dialed' | 'accepted'): void {
    node.ages.onLink(peer.id, this.#now)
    node.links.push({ peer, direction, since: node.ages.since(peer.id), isDialOnly: false, host: undefined })
  }

  #end(node: Honest, gone: Link, isBroken = false): void {
    node.links = node.links.filter((link) => link !== gone)
    node.ages.onUnlink(gone.peer.id, isBroken, this.#now)
    const other = this.#byId.get(gone.peer.id)
    other?.ages.onUnlink(node.self.id, isBroken, this.#now)
    if (other) other.links = other.links.filter(({ peer }) => peer.id !== node.self.id)
  }

  #view({ self, links, book }: Honest): DialPlanInput {
    return {
      ourId: self.id,
      linked: new Set(links.map(({ peer }) => peer.id)),
      coreLinks: links.length,
      dialedLinks: links.filter(({ direction }) => direction === 'dialed').length,
      avoided: new Set(),
      persistentPeers: [],
      dialedHosts: links.filter(({ direction }) => direction === 'dialed').map(({ peer }) => addressOf(peer).host),
      candidates: book.candidates(this.#now),
      transports: ['tcp'],
      linksWanted: limits.linksWanted,
      isTimeForMore: true,
      dialedPerNetworkMax: limits.dialedPerNetworkMax,
    }
  }
}

function dialedOf({ links }: Honest): number {
  return links.filter(({ direction }) => direction === 'dialed').length
}

function addressOf({ addresses: [address] }: KnownPeerNode): Address {
  if (!address) throw new RangeError('Nodes of this test have addresses.')
  return address
}

test(
  `a thousand attackers in ten networks cannot surround fifty honest nodes: ${seeds} seeds`,
  { timeout: 600_000 },
  () => {
    const isolated = Array.from({ length: seeds }, (_, index) => new Day(firstSeed + index).run())
    console.log(`honest nodes that ended with links to attackers only, by seed: ${isolated.join(' ')}`)
    for (const [index, count] of isolated.entries()) expect(count, `seed ${firstSeed + index}`).toBeLessThanOrEqual(1)
  },
)
