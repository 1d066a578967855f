import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'
import type { Figures } from '../running/case.ts'

/** Bytes of a request, and of an answer. */
const bodyBytes = 100
const [host, warmUpCount, inFlight] = ['127.0.0.1', 500, 64] as const

/** Asks once; resolves with the answer. */
type Ask = () => Promise<unknown>

/**
 * Requests and answers of 100 bytes a second between two neighbors, one at a time and 64 in flight, beside those of two bare sockets that
 * count bytes and nothing else. Both ends are in this process, so that all work is counted.
 */
export async function measureRequestRate(count: number): Promise<Figures> {
  const [ours, bare] = [await ourPair(), await barePair()]
  for (const { ask } of [ours, bare]) await rateOf(ask, warmUpCount, inFlight)
  const [single, bareSingle] = [await rateOf(ours.ask, count, 1), await rateOf(bare.ask, count, 1)]
  const [many, bareMany] = [await rateOf(ours.ask, count, inFlight), await rateOf(bare.ask, count, inFlight)]
  await Promise.all([ours.close(), bare.close()])
  return { single, singleTimes: bareSingle / single, many, manyTimes: bareMany / many }
}

/** @returns answers a second */
async function rateOf(ask: Ask, count: number, width: number): Promise<number> {
  const startedAt = performance.now()
  let asked = 0
  const askInTurn = async (): Promise<void> => {
    while (asked < count) {
      asked += 1
      await ask()
    }
  }
  await Promise.all(Array.from({ length: width }, askInTurn))
  return count / ((performance.now() - startedAt) / 1000)
}

async function ourPair(): Promise<{ ask: Ask; close: () => Promise<unknown> }> {
  const create = (): MeshSocket => new MeshSocket({ transports: [tcp()], listen: { host, port: 0 } })
  const [a, b] = [create(), create()]
  await Promise.all([a.listen(), b.listen()])
  b.registerHandler((message) => {
    void message.reply([message.packets[1] ?? new Uint8Array(0)])
    return true
  })
  await a.connect(host, b.addresses[0]?.port ?? 0)
  const body = new Uint8Array(bodyBytes).fill(7)
  return { ask: () => a.request(b.id, [body]), close: () => Promise.all([a.close(), b.close()]) }
}

async function barePair(): Promise<{ ask: Ask; close: () => Promise<unknown> }> {
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => socket.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const socket = await new Promise<Socket>((resolve) => {
    const connecting = connect(port, host, () => resolve(connecting))
  })
  socket.setNoDelay(true)
  const waiting: (() => void)[] = []
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
    for (; received >= bodyBytes; received -= bodyBytes) waiting.shift()?.()
  })
  const body = new Uint8Array(bodyBytes).fill(7)
  const ask: Ask = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve)
      socket.write(body)
    })
  const close = async (): Promise<void> => {
    socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { ask, close }
}
