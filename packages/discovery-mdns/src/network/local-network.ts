import type { Interface } from './interfaces.ts'
import type { DnsPacket } from '../packets/packet.ts'

/** What is heard of the local network. */
export interface NetworkHandler {
  /** Asked before a packet is decoded. */
  accepts(arrival: { readonly source: string; readonly bytes: number }): boolean
  onPacket(packet: DnsPacket, source: string): void
  /** The network can be used from here on. */
  onReady(): void
  /** It cannot, and will not be. */
  onUnavailable(error: Error): void
  /** Something did not work, once: a packet that is none, or one that could not be sent. */
  onProblem(error: Error): void
}

/** The group of those who speak multicast DNS on the local network. */
export interface LocalNetwork {
  /** This machine's IPv4 addresses, as they are now. */
  interfaces(): readonly Interface[]
  send(packet: DnsPacket): void
  /** Sends what is left to say, then leaves. */
  close(farewell: readonly DnsPacket[]): Promise<void>
}

/** Enters a local network. The handler is not called before this has returned. */
export type EnterNetwork = (handler: NetworkHandler) => LocalNetwork
