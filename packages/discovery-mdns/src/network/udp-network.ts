import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import multicastDns from 'multicast-dns'
import { DiscoveryUnavailableError } from '../errors.ts'
import type { Interface } from './interfaces.ts'
import type { EnterNetwork, NetworkHandler } from './local-network.ts'
import type { DnsPacket } from '../packets/packet.ts'
import { packetFromWire, questionsToWire, recordToWire } from '../packets/wire-packet.ts'

/** The port of multicast DNS (RFC 6762). */
export const multicastDnsPort = 5353

/** The local network of this machine, by multicast-dns: IPv4, all interfaces unless one is named by its address. */
export function udpNetwork({ port, interface: only }: { port: number; interface?: string | undefined }): EnterNetwork {
  return (handler) => {
    const multicast = multicastDns({
      port,
      // Every interface: a socket bound to one address hears nothing that is sent to the group.
      bind: '0.0.0.0',
      socket: gatedSocket(handler),
      ...(only === undefined ? {} : { interface: only }),
    })
    let isUnavailable = false
    multicast.on('error', (error: Error) => {
      if (isUnavailable) return
      isUnavailable = true
      handler.onUnavailable(new DiscoveryUnavailableError(port, { cause: error }))
    })
    multicast.on('warning', (error: Error) => handler.onProblem(error))
    multicast.on('ready', () => handler.onReady())
    multicast.on('query', (packet, { address }) => handler.onPacket(packetFromWire(packet), address))
    multicast.on('response', (packet, { address }) => handler.onPacket(packetFromWire(packet), address))
    const send = (packet: DnsPacket, onSent: () => void): void => {
      if (isUnavailable) {
        onSent()
        return
      }
      const whenSent = (error: Error | null): void => {
        if (error) handler.onProblem(error)
        onSent()
      }
      if (packet.type === 'query') multicast.query({ questions: questionsToWire(packet) }, whenSent)
      else multicast.respond({ answers: packet.records.map(recordToWire) }, whenSent)
    }
    return {
      interfaces: () => ownInterfaces(only),
      send: (packet) => send(packet, () => undefined),
      close: async (farewell) => {
        await Promise.all(farewell.map((packet) => new Promise<void>((sent) => send(packet, sent))))
        await new Promise<void>((closed) => multicast.destroy(closed))
      },
    }
  }
}

/** A socket that lets through only what the handler accepts, before multicast-dns decodes it. */
function gatedSocket(handler: NetworkHandler): Socket {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'message') return emit(event, ...values)
    const { address, size } = values[1] as RemoteInfo
    return handler.accepts({ source: address, bytes: size }) && emit(event, ...values)
  }
  return socket
}

function ownInterfaces(only: string | undefined): Interface[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return all
    .filter(({ address }) => isIPv4(address) && (only === undefined || address === only))
    .map(({ address, cidr, internal }) => ({
      address,
      prefix: Number(cidr?.split('/')[1] ?? 32),
      isInternal: internal,
    }))
}
