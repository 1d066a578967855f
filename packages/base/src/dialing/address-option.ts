import type { Address } from '@ts2p/protocol'
import { checkKnown } from '../check-known.ts'
import { ArgumentError } from '../errors.ts'

/** An address as an application writes it: `tcp://10.0.0.7:4444`, `10.0.0.7:4444`, or its parts. Without a transport, the first of the socket is meant. */
export type AddressOption = string | (Pick<Address, 'host' | 'port'> & Partial<Address>)

/** Where to listen. */
export interface ListenOptions {
  /** Name of one of the transports; default the first. */
  readonly transport?: string
  /** Default '127.0.0.1'; '0.0.0.0' for every interface. */
  readonly host?: string
  /** 0 (default) for any free port. */
  readonly port?: number
}

const listenOptionNames = Object.keys({
  transport: true,
  host: true,
  port: true,
} satisfies Record<keyof ListenOptions, true>)

/** Where to listen, as an application writes it: a port, `tcp://0.0.0.0:4444`, or its parts. */
export type ListenOption = number | string | ListenOptions

const addressPattern = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[^\]]+\]|[^:/[\]]+):(\d{1,5})\/?$/
const addressExample = "an address such as 'tcp://127.0.0.1:4444', or { host, port }"

/** The parts of an address to dial. @param name - Of the argument, for the error. @throws {ArgumentError} It is none. */
export function addressFrom(name: string, option: AddressOption): Omit<Address, 'transport'> & Partial<Address> {
  const address: unknown = typeof option === 'string' ? parts(name, option) : option
  if (typeof address !== 'object' || address === null) throw new ArgumentError(name, addressExample, option)
  const { host, port, transport } = address as Partial<Address>
  if (typeof host !== 'string' || host === '') throw new ArgumentError('host', 'a host name or address', host)
  if (!isPort(port) || port === 0) throw new ArgumentError('port', 'from 1 to 65535', port)
  checkTransportName(transport)
  return { host, port, ...(transport !== undefined && { transport }) }
}

/** The parts of addresses to listen on. @throws {ArgumentError} One is none. */
export function listenOptionsFrom(option: ListenOption | readonly ListenOption[] | undefined): ListenOptions[] {
  const all: readonly ListenOption[] = option === undefined ? [] : isList(option) ? option : [option]
  return all.map((each) => {
    const where = typeof each === 'number' ? { port: each } : typeof each === 'string' ? parts('listen', each) : each
    if (typeof where !== 'object' || where === null)
      throw new ArgumentError('listen', "a port, an address such as 'tcp://0.0.0.0:4444', or { host, port }", each)
    checkKnown('listen', where, listenOptionNames)
    const { host, port, transport } = where
    if (host !== undefined && (typeof host !== 'string' || host === ''))
      throw new ArgumentError('listen.host', 'a host name or address', host)
    if (port !== undefined && !isPort(port)) throw new ArgumentError('listen.port', 'from 0 to 65535', port)
    checkTransportName(transport)
    return where
  })
}

/** @throws {ArgumentError} */
function parts(name: string, text: string): Omit<Address, 'transport'> & Partial<Address> {
  const [, transport, host = '', port = ''] = addressPattern.exec(text) ?? []
  if (host === '') throw new ArgumentError(name, addressExample, text)
  return { host: host.replaceAll(/[[\]]/g, ''), port: Number(port), ...(transport !== undefined && { transport }) }
}

/** @throws {ArgumentError} */
function checkTransportName(transport: unknown): void {
  if (transport !== undefined && typeof transport !== 'string')
    throw new ArgumentError('transport', 'the name of a transport', transport)
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535
}

function isList(option: ListenOption | readonly ListenOption[]): option is readonly ListenOption[] {
  return Array.isArray(option)
}
