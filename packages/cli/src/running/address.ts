import { UsageError } from '../failure.ts'

/** Where a node is, as somebody writes it. */
export interface JoinAddress {
  readonly transport: 'tcp' | 'ws'
  readonly host: string
  readonly port: number
  /** Whether it is written as one by TLS. */
  readonly isTls: boolean
}

/** Reads `host:port`, `[::1]:port`, `ws://host:port`, `tls://` and `wss://`, or a port on this machine. @throws {UsageError} */
export function parseAddress(text: string): JoinAddress {
  const match = /^(?:(tcp|ws|tls|wss):\/\/)?(?:(\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})\/?$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) {
    throw new UsageError(
      `'${text}' is no address. Write host:port, as in 127.0.0.1:4000 or [::1]:4000, or ws://, tls:// or wss://host:port.`,
    )
  }
  const host = (match[2] ?? '127.0.0.1').replaceAll(/[[\]]/g, '')
  const scheme = match[1] ?? 'tcp'
  return { transport: scheme.startsWith('ws') ? 'ws' : 'tcp', host, port, isTls: scheme === 'tls' || scheme === 'wss' }
}

/** An address, as it is written. */
export function addressText({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
