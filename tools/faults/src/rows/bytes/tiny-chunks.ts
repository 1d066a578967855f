import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import type { Link } from '@ts2p/base'
import { encodeFrame, FrameDecoder } from '@ts2p/protocol'
import { websocket } from '@ts2p/transport-websocket'
import type { FaultRow } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { heldMiB, processorMs, residentMiB } from '../../support/resources/memory.ts'

const mebibyte = 2 ** 20
const chunksMsMax = 1000
/** Four times the bytes may take this many times as long: twice what linear time takes, and half of quadratic time. */
const growthMax = 8
const fragments = 1_000_000
const fragmentsMiBMax = 8
const closedWithinMs = 60_000

/** Streams cut as small as possible: frames in chunks of one byte, WebSocket messages in empty fragments. */
export const tinyChunks: FaultRow = {
  name: 'tiny-chunks',
  fault: 'A frame of 1 MiB comes in chunks of 1 byte (even cases); a WebSocket message in 1 M empty fragments (odd).',
  mustHold: 'Time is linear, < 1 s of processor time; the fragments close the link and take < 8 MiB.',
  wanted: 20,
  unit: 'streams',
  figure: '% of what the case may take',
  open() {
    // The first streams of each kind compile the code and load what it needs.
    const ready = sendFragments(1000).then(() => [msOf(mebibyte / 8), msOf(mebibyte / 8)])
    return {
      slice: async (from, until) => {
        await ready
        return runCases(from, until, (index) => (index % 2 === 0 ? runChunks() : runFragments()))
      },
    }
  },
}

function runChunks(): CaseResult {
  const quarterMs = Math.max(1, Math.min(msOf(mebibyte / 4), msOf(mebibyte / 4)))
  const before = heldMiB()
  const wholeMs = Math.min(msOf(mebibyte), msOf(mebibyte))
  const leftMiB = heldMiB() - before
  return {
    figure: (100 * wholeMs) / chunksMsMax,
    violations: [
      ...unless(wholeMs < chunksMsMax, `A frame of 1 MiB took ${wholeMs.toFixed(0)} ms of processor time.`),
      ...unless(wholeMs < 20 || wholeMs / quarterMs < growthMax, `1 MiB took ${wholeMs} ms, 256 KiB ${quarterMs} ms.`),
      ...unless(leftMiB < 2, `${leftMiB.toFixed(1)} MiB are still held after the frame.`),
    ],
  }
}

/** The processor time that a frame takes to decode when each byte comes by itself, milliseconds. */
function msOf(bodyBytes: number): number {
  const body = Buffer.alloc(bodyBytes, 7)
  const chunks = Buffer.concat(encodeFrame(body).chunks)
  const decoder = new FrameDecoder(bodyBytes)
  const startedAt = processorMs()
  let decoded: Uint8Array | undefined
  for (let at = 0; at < chunks.length; at += 1) {
    decoder.push(chunks.subarray(at, at + 1))
    decoded = decoder.next()
    if (decoded !== undefined && at < chunks.length - 1) throw new Error(`A frame came out after ${at + 1} bytes.`)
  }
  const ms = processorMs() - startedAt
  if (!decoded || Buffer.compare(decoded, body) !== 0) throw new Error('The frame that came out is another.')
  return ms
}

async function runFragments(): Promise<CaseResult> {
  const { growthMiB, isClosed, receivedBytes, error } = await sendFragments(fragments)
  return {
    figure: (100 * growthMiB) / fragmentsMiBMax,
    violations: [
      ...unless(isClosed, `The link was still open after ${fragments} empty fragments.`),
      ...unless(error instanceof Error, 'The link ended without an error.'),
      ...unless(receivedBytes === 0, `${receivedBytes} bytes were delivered.`),
      ...unless(growthMiB < fragmentsMiBMax, `The memory grew by ${growthMiB.toFixed(1)} MiB.`),
    ],
  }
}

/** The peak of the resident memory over what it was before, and how the link ended. */
interface FragmentsResult {
  readonly growthMiB: number
  readonly isClosed: boolean
  readonly receivedBytes: number
  readonly error: Error | undefined
}

/** Sends one message in empty fragments to a listener, and waits for the end of its link if there are very many. */
async function sendFragments(count: number): Promise<FragmentsResult> {
  let [isClosed, receivedBytes, peakMiB] = [false, 0, 0]
  let error: Error | undefined
  const transport = websocket()
  if (!transport.listen) throw new Error('The transport does not listen.')
  const listener = await transport.listen('127.0.0.1', 0, (link: Link) =>
    link.attach({
      onOpen: () => undefined,
      onData: (chunk) => (receivedBytes += chunk.length),
      onDrain: () => undefined,
      onClose: (reason) => ([isClosed, error] = [true, reason]),
    }),
  )
  const socket = await upgrade(listener.port)
  const many = Buffer.concat(Array.from({ length: 1000 }, () => fragment(0)))
  const before = residentMiB()
  socket.write(fragment(2))
  const endsAt = performance.now() + closedWithinMs
  const isDue = (): boolean => !isClosed && performance.now() < endsAt
  for (let sent = 0; sent < count && isDue(); sent += 1000) {
    // oxlint-disable-next-line no-await-in-loop -- as fast as the other side reads
    if (!socket.write(many)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined)
    peakMiB = Math.max(peakMiB, process.memoryUsage.rss() / mebibyte - before)
  }
  if (count >= fragments) {
    while (isDue()) {
      // oxlint-disable-next-line no-await-in-loop -- until the other side has read all
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const growthMiB = Math.max(peakMiB, process.memoryUsage.rss() / mebibyte - before)
  const result = { growthMiB, isClosed, receivedBytes, error }
  socket.destroy()
  await listener.close()
  return result
}

/** A masked frame of a WebSocket message that is not its last, without a byte (RFC 6455, section 5.2). */
function fragment(opcode: 0 | 2): Buffer {
  return Buffer.of(opcode, 0x80, 1, 2, 3, 4)
}

/** A connection that has become a WebSocket. */
async function upgrade(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined)
  await once(socket, 'connect')
  const key = Buffer.alloc(16, 5).toString('base64')
  const lines = ['GET / HTTP/1.1', 'Host: 127.0.0.1', 'Upgrade: websocket', 'Connection: Upgrade']
  const answered = once(socket, 'data')
  socket.write([...lines, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n'))
  const [answer]: unknown[] = await answered
  if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(`The upgrade was refused: ${String(answer)}`)
  return socket.resume()
}
