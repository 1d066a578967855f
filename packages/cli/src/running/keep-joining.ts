import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { SyncSocket } from '@ts2p/sync'
import { addressText } from './address.ts'
import type { JoinAddress } from './address.ts'
import { codeOf, failureOf } from '../failure.ts'

/** Pauses between two attempts, milliseconds: the first, and the longest. */
const pauseMs = { first: 250, longest: 30_000 }

interface Joining {
  readonly addresses: readonly JoinAddress[]
  readonly transportOf: (transport: 'tcp' | 'ws') => string
  readonly log: Logger
  readonly signal: AbortSignal
}

/**
 * Joins by each of the addresses, whose nodes may start later than this one: an address at which nobody answers is tried until
 * somebody does.
 * @throws {RefusedError} Every one of them refuses this node, which no patience changes.
 */
export async function keepJoining(socket: SyncSocket, joining: Joining): Promise<void> {
  const { addresses } = joining
  const outcomes = await Promise.allSettled(addresses.map((address) => joinAt(socket, address, joining)))
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  if (addresses.length > 0 && refusals.length === addresses.length) throw refusals[0]
}

async function joinAt(socket: SyncSocket, address: JoinAddress, { transportOf, log, signal }: Joining): Promise<void> {
  const place = addressText(address)
  for (let pause = pauseMs.first; !signal.aborted; pause = Math.min(2 * pause, pauseMs.longest)) {
    try {
      return await socket.connect(address.host, address.port, transportOf(address.transport))
    } catch (error) {
      if (signal.aborted || codeOf(error) === 'REFUSED_DUPLICATE_LINK') return
      const { code, message } = failureOf(error)
      if (isFinal(code)) throw error
      log.warn({ code, retryMs: pause }, `cannot join at ${place} yet: ${message}`)
    }
    await wait(pause, undefined, { signal }).catch(() => undefined)
  }
}

function isFinal(code: string): boolean {
  return code === 'ARGUMENT' || code === 'CLOSED' || (code.startsWith('REFUSED_') && code !== 'REFUSED_FULL')
}
