import { addressFrom, ArgumentError, checkKnown, checkOptions, defaultTransport, systemEnvironment } from '@ts2p/base'
import type { AddressOption, Environment, Transport } from '@ts2p/base'
import { identityFromSeed, isNodeId, seedBytes } from '@ts2p/protocol'
import type { Address, NodeId, OwnIdentity } from '@ts2p/protocol'
import { defaultJoinMs } from './membership/first-link.ts'
import { meshOptionNames } from './mesh-options.ts'
import type { MeshSocketOptions } from './mesh-options.ts'

/** The options of a mesh node that have defaults. */
export interface CompleteOptions {
  readonly seeds: readonly Address[]
  readonly joinMs: number
  readonly isSigning: boolean
  /** The default one. */
  readonly transport: Transport
  readonly environment: Environment
  readonly identity: OwnIdentity
}

/** Checks the options of a mesh node, and completes them. @throws {ArgumentError} */
export function completeOptions(options: MeshSocketOptions): CompleteOptions {
  checkOptions(options)
  checkKnown('options', options, meshOptionNames)
  if (options.subnet !== undefined && typeof options.subnet !== 'string')
    throw new ArgumentError('subnet', 'a string', options.subnet)
  const { signing: isSigning = true } = options
  if (typeof isSigning !== 'boolean') throw new ArgumentError('signing', 'true or false', isSigning)
  const transport = defaultTransport(options.transports)
  const environment = options.environment ?? systemEnvironment()
  const identity = options.identity ?? identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
  const joinMs = joinMsFrom(options.joinMs)
  return { seeds: seedsFrom(options.join, transport.name), joinMs, isSigning, transport, environment, identity }
}

/** @throws {ArgumentError} It is no id of a node. */
export function assertNodeId(id: NodeId): void {
  if (typeof id !== 'string' || !isNodeId(id)) throw new ArgumentError('id', 'the id of a node', id)
}

/** The addresses to join. @throws {ArgumentError} One is no address. */
function seedsFrom(addresses: MeshSocketOptions['join'] = [], transport: string): Address[] {
  const options: readonly AddressOption[] = isList(addresses) ? addresses : [addresses]
  return options.map((option) => ({ transport, ...addressFrom('join', option) }))
}

/** @throws {ArgumentError} */
function joinMsFrom(joinMs = defaultJoinMs): number {
  if (typeof joinMs === 'number' && joinMs >= 0 && joinMs < 2 ** 31) return joinMs
  throw new ArgumentError('joinMs', 'a number of milliseconds, 0 or more', joinMs)
}

function isList(addresses: NonNullable<MeshSocketOptions['join']>): addresses is readonly AddressOption[] {
  return Array.isArray(addresses)
}
