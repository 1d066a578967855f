import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Stands between two nodes and counts the bytes that pass, in both directions. */
export async function countingProxy(target: number): Promise<{ readonly port: number; readonly bytes: () => number }> {
  let bytes = 0
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (chunk) => (bytes += chunk.length))
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, bytes: () => bytes }
}
