/**
 * The network: its name and how links are protected, by the names and argument orders of js2p.
 *
 * @module
 */
import { ArgumentError } from '@ts2p/base'
import { createSubnet, flags } from '@ts2p/protocol'

/** Names of transport security: 'Plaintext' and 'SSL' over TCP, 'ws' and 'wss' over WebSockets. */
export type Encryption = (typeof encryptions)[number]

const encryptions = ['Plaintext', 'SSL', 'ws', 'wss'] as const

/** What nodes must have in common: a description of their subnet, and whether their links are encrypted. */
export class protocol {
  readonly subnet: string
  readonly encryption: Encryption

  /** @throws {ArgumentError} There is no such encryption. */
  constructor(subnet: string, encryption: Encryption) {
    if (!encryptions.includes(encryption))
      throw new ArgumentError('encryption', `one of ${encryptions.join(', ')}`, encryption)
    this.subnet = subnet
    this.encryption = encryption
  }

  /** Hash of the subnet, its security and the version of the protocol. */
  get id(): string {
    const isEncrypted = this.encryption === 'SSL' || this.encryption === 'wss'
    return createSubnet({ description: this.subnet, security: isEncrypted ? 'tls' : 'plaintext' }).id
  }
}

export { flags }
