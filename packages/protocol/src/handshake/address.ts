import { ProtocolError } from '../errors.ts'
import { isToken, listOf, tokenOf } from '../field-checks.ts'

/** Where a node can be dialed. */
export interface Address {
  /** Name of the transport, such as 'tcp' or 'ws'. */
  readonly transport: string
  readonly host: string
  readonly port: number
}

/** Most addresses that a node tells of itself: every list of nodes has room for them. */
export const addressesPerNodeMax = 8

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

/** What is wrong with an address that is to be told to others; undefined: nothing. */
export function addressFault({ transport, host, port }: Address): string | undefined {
  if (!isToken(transport) || transport === '') return 'its transport is no name'
  if (!isToken(host)) return 'its host is no name or address in ASCII'
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'its port is not from 1 to 65535'
}
