import { ProtocolError } from './errors.ts'
import { listOf, tokenOf } from './fields.ts'

/** Where a node can be dialled. */
export interface Address {
  /** Name of the transport, such as 'tcp' or 'ws'. */
  readonly transport: string
  readonly host: string
  readonly port: number
}

/** An address in a form to compare and to print: `tcp://127.0.0.1:4444`. */
export function addressToString({ transport, host, port }: Address): string {
  return `${transport}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

interface RawAddress {
  transport?: string | null
  host?: string | null
  port?: number | null
}

/** Addresses as decoded, checked. */
export function addressesOf(raw: readonly RawAddress[] | null | undefined, what: string, max: number): Address[] {
  return listOf(raw, what, max).map(({ transport, host, port }) => {
    if (!port || port > 65_535) throw new ProtocolError(`${what}: port ${port}`)
    return { transport: tokenOf(transport, what), host: tokenOf(host, what), port }
  })
}
