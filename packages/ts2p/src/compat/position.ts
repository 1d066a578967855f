import { systemEnvironment } from '@ts2p/base'
import type { Environment, Transport } from '@ts2p/base'
import type { MeshSocketOptions } from '@ts2p/mesh'
import { transportsFor } from '#platform'
import type { protocol } from './base.ts'
import type { AddressPair } from './mesh-connection.ts'

/** What a simulation puts in place of the platform's. */
export interface Runtime {
  readonly environment: Environment
  /** The one to listen on first. */
  readonly transports: readonly [Transport, ...Transport[]]
}

/** The arguments of a constructor that the sockets of this folder share. */
export interface Position {
  /** null or undefined: the node only dials. */
  readonly addr: string | null | undefined
  readonly port: number | null | undefined
  readonly protocol: protocol
  readonly outAddr: AddressPair | null | undefined
  readonly debugLevel: number | undefined
}

/** The platform's clock and transports, for these arguments. */
export function runtimeFor({ protocol, debugLevel = 0 }: Position): Runtime {
  const environment = systemEnvironment({ logLevel: debugLevel > 0 ? 'info' : 'warn' })
  return { environment, transports: transportsFor(protocol.encryption, (...entry) => environment.log(...entry)) }
}

/** The options of a layered socket for these arguments. */
export function optionsOf({ addr, port, protocol, outAddr }: Position, runtime: Runtime): MeshSocketOptions {
  const transport = runtime.transports[0].name
  const isListening = addr !== null && addr !== undefined
  return {
    ...runtime,
    subnet: protocol.subnet,
    listen: isListening ? { transport, host: addr, port: port ?? 0 } : [],
    ...(outAddr ? { advertise: [{ transport, host: outAddr[0], port: outAddr[1] }] } : {}),
  }
}
