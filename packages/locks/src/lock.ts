import { checkKnown } from '@ts2p/base'
import type { Input, SyncSocket } from '@ts2p/sync'
import type { AbortSignalLike } from '@ts2p/base'
import { Contender } from './contender.ts'
import { LockAbortedError } from './errors.ts'
import type { LockLostError } from './errors.ts'
import { Lock } from './held-lock.ts'
import { leasedKey, leaseSecondsMaxOf } from './leased-key.ts'
import { completeSettings, optionNames } from './settings.ts'
import type { LeaseOptions } from './settings.ts'

/** How a lock is got; everything has a default. */
export interface LockOptions<V> extends LeaseOptions<V> {
  /** Whether to wait while somebody holds it. Default true; false: a LockHeldError instead. */
  readonly wait?: boolean
  /** Ends the wait. What comes of a lock that was got it does not touch. */
  readonly signal?: AbortSignalLike
}

const lockOptionNames = optionNames<unknown, LockOptions<unknown>>({ wait: true, signal: true })

/**
 * Gets the lock of a key: claims it when it is free, waits until the claim has settled, and renews its lease until it is
 * released or lost. Whoever waits hears when it is given up, or sees its lease end; who of them gets it next is chance. Two
 * locks of one key exclude each other on one node, too.
 *
 * It is a lease, so **two may believe that they hold it** while the network is divided, or when clocks or messages are later than
 * `guardMs` and `settleMs` allow for: let the resource check `token`.
 * @param key written with `value` while the lock is held, deleted when it is released
 * @throws {LockHeldError} Somebody holds it, and `wait` is false. @throws {LockAbortedError} `signal` was aborted.
 * @throws {ClockSkewError} A neighbor's clock differs from this node's by more than `guardMs`, and this node's may be the one that is wrong.
 * @throws {LeasesMissingError} The socket has `leasing: false`. @throws {ArgumentError} An option is out of its range, or there is no such option.
 * @throws {ClosedError} The socket was closed before the lock was got.
 * @throws {LockLostError} With `wait: false`: too few neighbors confirmed it.
 * @throws as `SyncSocket.set` and `SyncSocket.ready`
 */
export function lock<K>(
  socket: SyncSocket<K, string> | SyncSocket<K>,
  key: Input<K>,
  options?: LockOptions<string>,
): Promise<Lock>
export function lock<K, V>(
  socket: SyncSocket<K, V>,
  key: Input<K>,
  options: LockOptions<V> & { readonly value: Input<V> },
): Promise<Lock>
export function lock<K, V>(socket: SyncSocket<K, V>, key: Input<K>, options: LockOptions<V> = {}): Promise<Lock> {
  return acquire(socket, key, options)
}

/** As `lock`; the caller makes sure that there is a value where values are neither strings nor bytes. */
export async function acquire<K, V>(socket: SyncSocket<K, V>, key: Input<K>, options: LockOptions<V>): Promise<Lock> {
  checkKnown('options', options, lockOptionNames)
  await socket.ready
  const { value, signal, wait = true } = options
  const settings = completeSettings(options, leaseSecondsMaxOf(socket, key))
  const { environment } = settings
  const leased = leasedKey(socket, { key, value, settings })
  return new Promise((resolve, reject) => {
    let lose: ((error: LockLostError) => void) | undefined
    const contender = new Contender({
      key: leased,
      settings,
      isPatient: wait,
      handler: {
        onHeld(leaseTerm) {
          signal?.removeEventListener('abort', onAbort)
          const made = Lock.of({ leaseTerm, environment, release: () => contender.stop() })
          lose = made.lose
          resolve(made.held)
        },
        onLost: (error) => lose?.(error),
        onFailed(error) {
          signal?.removeEventListener('abort', onAbort)
          reject(error)
        },
      },
    })
    const onAbort = (): void => {
      signal?.removeEventListener('abort', onAbort)
      reject(new LockAbortedError(signal?.reason))
      contender.abandon()
    }
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    contender.start()
  })
}
