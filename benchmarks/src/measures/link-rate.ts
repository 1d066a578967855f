import type { Link, Transport } from '@ts2p/base'
import { noise } from '@ts2p/transport-noise'
import { tcp } from '@ts2p/transport-tcp'
import type { Figures } from '../running/case.ts'

const chunkBytes = 64 * 1024
/** What may wait in a link before the next chunks are held back, bytes. */
const bufferedBytesMax = 1024 * 1024
const warmUpChunks = 100

/**
 * How fast bytes go over a link of 127.0.0.1 in chunks of 64 KiB, without and with Noise, MB/s: both ends in this process,
 * so that what the one encrypts and what the other decrypts take turns on one core.
 */
export async function measureLinkRate(chunks: number): Promise<Figures> {
  const [plain, encrypted] = [tcp(), noise(tcp())]
  for (const transport of [plain, encrypted]) await rateOf(transport, warmUpChunks)
  const plainRate = await rateOf(plain, chunks)
  const noiseRate = await rateOf(encrypted, chunks)
  return { plainRate, noiseRate, times: plainRate / noiseRate }
}

async function rateOf(transport: Transport, chunks: number): Promise<number> {
  let received = 0
  let resolve: () => void = () => undefined
  const done = new Promise<void>((whenDone) => (resolve = whenDone))
  const listener = await transport.listen?.('127.0.0.1', 0, (link) =>
    link.attach({
      onOpen: () => undefined,
      onData(chunk) {
        received += chunk.length
        if (received >= chunks * chunkBytes) resolve()
      },
      onDrain: () => undefined,
      onClose: () => undefined,
    }),
  )
  if (!listener) throw new Error('The transport cannot listen.')
  const link = transport.dial('127.0.0.1', listener.port)
  const startedAt = await send(link, chunks)
  await done
  const seconds = (performance.now() - startedAt) / 1000
  link.destroy()
  await listener.close()
  return (chunks * chunkBytes) / 1e6 / seconds
}

/** Begins to send once the link is open. @returns when that was, milliseconds */
function send(link: Link, chunks: number): Promise<number> {
  const chunk = new Uint8Array(chunkBytes).fill(7)
  let sent = 0
  const push = (): void => {
    while (sent < chunks && link.bufferedBytes < bufferedBytesMax) {
      link.write([chunk])
      sent += 1
    }
  }
  return new Promise((resolve, reject) => {
    link.attach({
      onOpen() {
        resolve(performance.now())
        push()
      },
      onData: () => undefined,
      onDrain: push,
      onClose: (error) => reject(error ?? new Error('The link has ended.')),
    })
  })
}
