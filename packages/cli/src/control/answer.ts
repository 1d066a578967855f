import { Buffer } from 'node:buffer'
import type { SyncSocket } from '@ts2p/sync'
import { PartialDictionaryError } from '../failure.ts'
import { benchmark } from '../running/benchmark.ts'
import { bytesOf, datumOf } from './datum.ts'
import type { Datum } from './datum.ts'
import type { Confirmation, LeaseReply, Replies, Request } from './request.ts'
import { untilAborted } from '../terminal/until-aborted.ts'

/** A node, and whether it is kept. */
export interface AnsweringNode {
  readonly socket: SyncSocket
  readonly isKept: boolean
}

type AnyReply = Replies[keyof Replies]

/** Does what is asked, at a node. @throws what the socket throws */
export async function* answer(
  node: AnsweringNode,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<AnyReply, void, undefined> {
  const { socket } = node
  switch (request.ask) {
    case 'get':
      return yield lookUp(socket, request.key)
    case 'set': {
      const { leaseSeconds, ephemeral } = request
      const length = leaseSeconds === undefined ? {} : { leaseSeconds }
      socket.set(bytesOf(request.key), bytesOf(request.value), { ...length, ephemeral })
      const isDurable = await settle(node, request, signal)
      const lease = leaseOf(socket, request.key)
      return yield { key: request.key, replicas: request.confirm.replicas, isDurable, ...(lease ? { lease } : {}) }
    }
    case 'del': {
      const deleted = socket.del(bytesOf(request.key))
      if (deleted) await settle(node, request, signal)
      return yield { key: request.key, deleted, replicas: deleted ? request.confirm.replicas : 0 }
    }
    case 'renew':
    case 'release': {
      const held = request.ask === 'renew' ? socket.renew(bytesOf(request.key)) : socket.release(bytesOf(request.key))
      if (held) await settle(node, request, signal)
      const lease = leaseOf(socket, request.key)
      return yield { key: request.key, held, ...(lease ? { lease } : {}) }
    }
    case 'keys':
      yield* keys(socket, request)
      if (!socket.isComplete) throw new PartialDictionaryError()
      return
    case 'watch':
      for await (const change of socket.watch(request.prefix, { initial: request.initial, signal })) {
        const { key, owner, at } = change
        const told = { key: datumOf(key), owner, at }
        yield change.type === 'set'
          ? { type: 'set', ...told, value: valueDatum(change.value) }
          : { type: change.type, ...told }
      }
      return
    case 'send':
      return yield {
        neighbors: socket.send([bytesOf(request.text)], { flag: request.whisper ? 'whisper' : 'broadcast' }),
      }
    case 'peers':
      for (const { id, address, direction, queuedBytes } of socket.peers.values()) {
        yield { id, remote: address, direction, queuedBytes }
      }
      return
    case 'lease':
      return yield leaseOf(socket, request.key) ?? { key: request.key, owner: undefined }
    case 'bench':
      return yield* benchmark(socket, request, signal)
  }
}

/** Waits until a write is where it was asked to be. @returns whether it is also on the disk */
async function settle(
  node: AnsweringNode,
  { key, confirm }: { readonly key: Datum; readonly confirm: Confirmation },
  signal: AbortSignal,
): Promise<boolean> {
  if (confirm.replicas > 0) await untilAborted(node.socket.replicated(bytesOf(key), confirm), signal)
  if (node.isKept) await node.socket.flush()
  return node.isKept
}

function lookUp(socket: SyncSocket, key: Datum): Replies['get'] {
  const value = socket.get(bytesOf(key))
  const partial = socket.isComplete ? {} : { partial: true as const }
  return value === undefined
    ? { key, found: false, ...partial }
    : { key, found: true, value: valueDatum(value), ...partial }
}

function* keys(
  socket: SyncSocket,
  { prefix, values }: { prefix: string; values: boolean },
): Generator<Replies['keys'], void, undefined> {
  const start = Buffer.from(prefix)
  const found = [...socket.keys()].map((key) => Buffer.from(key)).filter((key) => key.indexOf(start) === 0)
  for (const key of found.toSorted((x, y) => x.compare(y))) {
    const value = values ? socket.get(key) : undefined
    yield { key: datumOf(key), ...(value === undefined ? {} : { value: valueDatum(value) }) }
  }
}

function leaseOf(socket: SyncSocket, key: Datum): LeaseReply | undefined {
  const lease = socket.lease(bytesOf(key))
  return lease && { key, ...lease }
}

/** Without leases, a value of which fields were set apart comes as an object. */
function valueDatum(value: unknown): Datum {
  return value instanceof Uint8Array ? datumOf(value) : JSON.stringify(value)
}
