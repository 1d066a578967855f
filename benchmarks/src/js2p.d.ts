/** The part of js2p 0.7.870 that is measured. */
declare module 'js2p' {
  import type { EventEmitter } from 'node:events'
  import type { Server } from 'node:net'

  interface Protocol {
    readonly id: string
  }

  interface Js2pMessage {
    readonly packets: readonly unknown[]
  }

  interface MeshSocket extends EventEmitter {
    readonly incoming: Server
    readonly routing_table: ReadonlyMap<string, unknown>
    readonly exceptions: readonly unknown[]
    connect(host: string, port: number): void
    send(packets: readonly unknown[]): void
    recv(): Js2pMessage | undefined
    close(): void
  }

  interface SyncSocket extends MeshSocket {
    readonly data: Readonly<Record<string, unknown>>
    get(key: string): Uint8Array | string | undefined
    set(key: string, value: unknown): void
  }

  type OutAddress = readonly [host: string | null, port: number | null]

  const js2p: {
    readonly version: string
    readonly mesh: {
      readonly MeshSocket: new (
        host: string,
        port: number,
        protocol: Protocol | undefined,
        out: OutAddress,
      ) => MeshSocket
    }
    readonly sync: {
      readonly SyncSocket: new (
        host: string,
        port: number,
        protocol: Protocol | undefined,
        leasing: boolean,
        out: OutAddress,
      ) => SyncSocket
    }
  }
  export default js2p
}
