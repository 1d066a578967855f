/**
 * The address of a node as a WebSocket URL.
 * @throws {RangeError} There is no such port.
 * @throws {SyntaxError} The host is none: addresses come from strangers, and one with a slash would make another URL.
 */
export function urlOf(scheme: 'ws' | 'wss', host: string, port: number): string {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError('a port is a whole number from 0 to 65535')
  if (!/^([^\s/?#@\\[\]:%]+|[\da-f.:]+)$/i.test(host)) throw new SyntaxError('that is no name and no address of a host')
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`
}
