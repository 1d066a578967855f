import type { Simulation } from '@ts2p/simulator'
import dnsPacket from 'dns-packet'
import type { Interface } from './network/interfaces.ts'
import type { EnterNetwork, NetworkHandler } from './network/local-network.ts'
import type { DnsPacket } from './packets/packet.ts'
import { packetFromWire, questionsToWire, recordToWire } from './packets/wire-packet.ts'

interface Member {
  readonly address: string
  readonly handler: NetworkHandler
}

/** A local network in memory: what one sends all hear, itself too, as bytes, in virtual time, with loss. */
export class MemoryGroup {
  readonly #simulation: Simulation
  readonly #members = new Set<Member>()
  /** Share of packets that do not reach a member. */
  loss = 0
  /** Members that are cut off from the others, by address; they hear each other. */
  apart: ReadonlySet<string> = new Set()
  /** What was sent, with its sender's address. */
  readonly sent: { readonly packet: DnsPacket; readonly source: string; readonly atMs: number }[] = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** The way in for a machine. */
  entrance(address: string): EnterNetwork {
    return (handler) => {
      const member = { address, handler }
      this.#members.add(member)
      this.#simulation.schedule(1, () => handler.onReady())
      return {
        interfaces: () => interfacesOf(address),
        send: (packet) => this.#send(packet, address),
        close: async (farewell) => {
          for (const packet of farewell) this.#send(packet, address)
          this.#members.delete(member)
        },
      }
    }
  }

  /** Anything, from anywhere. */
  inject(bytes: Uint8Array, source: string): void {
    for (const member of this.#members) this.#deliver(member, bytes, source)
  }

  #send(packet: DnsPacket, source: string): void {
    this.sent.push({ packet, source, atMs: this.#simulation.elapsedMs })
    const bytes = encode(packet)
    for (const member of this.#members) {
      if (this.apart.has(source) !== this.apart.has(member.address)) continue
      if (this.#simulation.random.float() < this.loss) continue
      this.#simulation.schedule(this.#simulation.random.float() * 2, () => this.#deliver(member, bytes, source))
    }
  }

  #deliver(member: Member, bytes: Uint8Array, source: string): void {
    if (!this.#members.has(member) || !member.handler.accepts({ source, bytes: bytes.length })) return
    const packet = decode(bytes)
    if (packet) member.handler.onPacket(packet, source)
  }
}

export function interfacesOf(address: string): Interface[] {
  return [
    { address: '127.0.0.1', prefix: 8, isInternal: true },
    { address, prefix: 24, isInternal: false },
  ]
}

/** The bytes of a packet, as multicast-dns writes them. */
export function encode(packet: DnsPacket): Uint8Array {
  return packet.type === 'query'
    ? dnsPacket.encode({ type: 'query', questions: questionsToWire(packet) })
    : dnsPacket.encode({ type: 'response', flags: 0x400, answers: packet.records.map(recordToWire) })
}

/** As multicast-dns: bytes that are no packet are passed over. */
export function decode(bytes: Uint8Array): DnsPacket | undefined {
  let decoded
  try {
    decoded = dnsPacket.decode(Buffer.from(bytes))
  } catch {
    return undefined
  }
  return packetFromWire(decoded)
}
