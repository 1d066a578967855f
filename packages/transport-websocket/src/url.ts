/** The address of a node as a WebSocket URL. */
export function urlOf(scheme: 'ws' | 'wss', host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`
}
