import { ClosedError, RefusedError } from '@ts2p/base'
import type { BaseSocket, CancelTimer, Environment } from '@ts2p/base'
import { addressToString } from '@ts2p/protocol'
import type { Address, NodeId } from '@ts2p/protocol'

/** How many addresses are tried at the same time once the node asked for has no free slot: some may not answer for long. */
const atOnce = 3

/**
 * Links with the node at an address. A full node names others: these are tried instead, and then the node itself again. Two nodes that dial
 * each other at the same time get one link, and both dials succeed. All this happens within `handshakeMs`.
 */
export function join(
  base: BaseSocket,
  environment: Environment,
  wanted: Address,
): Promise<{ address: Address; peerId: NodeId }> {
  return new Promise((resolve, reject) => {
    const startedAt = environment.monotonicNow()
    const giveUpAt = startedAt + base.limits.handshakeMs
    const hints: Address[] = []
    const named = new Set([addressToString(wanted)])
    let [underWay, isDone] = [0, false]
    let cancelPause: CancelTimer = () => undefined
    const end = (settle: () => void): void => {
      isDone = true
      cancelPause()
      base.off('close', onClose)
      settle()
    }
    const fail = (error: Error): void => end(() => reject(error))
    const onClose = (): void => fail(new ClosedError('connect'))
    base.on('close', onClose)
    const attempt = (address: Address): void => {
      underWay += 1
      base.attempt({
        address,
        resolve: ({ id }) => done(address, id),
        reject: (error) => {
          underWay -= 1
          if (isDone) return
          if (error instanceof RefusedError) refused(address, error)
          else next(address, error)
        },
      })
    }
    const done = (address: Address, peerId: NodeId): void => end(() => resolve({ address, peerId }))
    const refused = (address: Address, error: RefusedError): void => {
      const { peerId, refusal, isProven } = error
      const isLinked = isProven && peerId !== undefined && base.connections.has(peerId)
      if (refusal === 'duplicate-link' && isLinked) return done(address, peerId)
      // Two full nodes name each other: each address is tried once.
      const fresh = error.peerHints.filter((each) => !named.has(addressToString(each)))
      for (const each of fresh) named.add(addressToString(each))
      hints.push(...fresh)
      const mayPass = refusal === 'full' || refusal === 'duplicate-link'
      return mayPass || address !== wanted ? next(address, error) : fail(error)
    }
    const next = (address: Address, error: Error): void => {
      if (base.isClosed) return onClose()
      // The answer of another node is no reason to give up the address that was asked for.
      if (address === wanted && !(error instanceof RefusedError)) return fail(error)
      const isInTime = environment.monotonicNow() < giveUpAt
      for (const hint of isInTime ? hints.splice(0, atOnce - underWay) : []) attempt(hint)
      if (underWay > 0) return
      const delayMs = pauseMs(environment.monotonicNow() - startedAt, environment.random())
      if (environment.monotonicNow() + delayMs > giveUpAt) return fail(error)
      cancelPause = environment.setTimer(delayMs, () => attempt(wanted))
    }
    attempt(wanted)
  })
}

/** The pause: a third of the time since the first attempt, less up to half of that at random, so that a slot that becomes free is noticed soon. */
function pauseMs(elapsedMs: number, random: number): number {
  return Math.max(100, elapsedMs / 3) * (1 - random / 2)
}
