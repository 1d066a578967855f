import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** How a proxy passes on what comes from the node that was dialed. */
type Pace = 'free' | 'stalled' | { readonly bytesPerSecond: number }

/** Stands between a node that dials and the one that it dials. It can pass on more slowly what the latter sends, or nothing. */
export interface StallingProxy {
  readonly port: number
  setPace(pace: Pace): void
  /** How often it has been dialed: more than once when a link has been lost and sought again. */
  dialed(): number
}

const turnMs = 20

/** Begins to listen on 127.0.0.1 for links to this port of it. */
export async function createStallingProxy(target: number): Promise<StallingProxy> {
  let pace: Pace = 'free'
  let dialed = 0
  const server = createServer((near) => {
    dialed += 1
    const far = connect(target, '127.0.0.1')
    let allowance = 0
    near.pipe(far)
    // Only as much is read as may be passed on, so that the rest fills the buffers of the sender.
    const pass = (): void => {
      if (pace === 'stalled') return
      allowance = pace === 'free' ? Number.POSITIVE_INFINITY : allowance
      while (allowance > 0 && !near.writableNeedDrain) {
        const chunk: Buffer | null = far.read()
        if (chunk === null) return
        near.write(chunk)
        allowance -= chunk.length
      }
    }
    far.on('readable', pass)
    near.on('drain', pass)
    const timer = setInterval(() => {
      if (typeof pace === 'object') allowance = Math.min(0, allowance) + (pace.bytesPerSecond * turnMs) / 1000
      pass()
    }, turnMs)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true)
      from.on('error', () => undefined)
      from.on('close', () => {
        clearInterval(timer)
        to.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    setPace: (next) => (pace = next),
    dialed: () => dialed,
  }
}
