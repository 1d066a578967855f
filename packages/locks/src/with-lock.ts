import type { Input, SyncSocket } from '@ts2p/sync'
import { eitherSignal } from './abort.ts'
import type { AbortSignalLike } from '@ts2p/base'
import type { LossSignal } from './abort.ts'
import { LockAbortedError, LockLostError } from './errors.ts'
import type { Lock } from './held-lock.ts'
import { acquire } from './lock.ts'
import type { LockOptions } from './lock.ts'

/**
 * The work that is done under a lock.
 * @param lock for its fencing token, `lock.token`
 * @param signal aborted when the lock is lost, with the LockLostError as its reason, or when the signal of the options is, with its reason.
 *   Give it to whatever can end early.
 */
export type LockedWork<R> = (lock: Lock, signal: LossSignal) => R | PromiseLike<R>

/**
 * Gets the lock of a key, does some work under it, and releases it once the work has ended, also if the work throws.
 *
 * If the lock is lost meanwhile, `signal` is aborted, and this waits until the work has ended. Then it rejects with the LockLostError, even if
 * the work succeeded: another node may have worked at the same time. If the work rejected with an error of its own, that error is the `cause`.
 * @param key written with `value` while the lock is held, deleted when it is released
 * @param work called once, or not at all if the lock is not got. May release the lock itself
 * @param options as of `lock`. `signal` ends the wait for the lock; later it aborts the signal of the work
 * @returns what the work returns
 * @throws {LockLostError} The lock was lost before the work had ended.
 * @throws {AggregateError} The work failed, and the lock could not be released after it: both errors. Its lease ends by itself.
 * @throws what the work throws @throws as `lock` @throws as `Lock.release`
 */
export function withLock<K, R>(
  socket: SyncSocket<K, string> | SyncSocket<K>,
  key: Input<K>,
  work: LockedWork<R>,
  options?: LockOptions<string>,
): Promise<R>
export function withLock<K, V, R>(
  socket: SyncSocket<K, V>,
  key: Input<K>,
  work: LockedWork<R>,
  options: LockOptions<V> & { readonly value: Input<V> },
): Promise<R>
export async function withLock<K, V, R>(
  socket: SyncSocket<K, V>,
  key: Input<K>,
  work: LockedWork<R>,
  options: LockOptions<V> = {},
): Promise<R> {
  const lock = await acquire(socket, key, options)
  const { signal } = options
  let result: R
  try {
    result = await perform(lock, work, signal)
  } catch (error) {
    throw release(lock, error) ?? error
  }
  lock.release()
  return result
}

/** Does the work. @throws {LockLostError} @throws {LockAbortedError} It was aborted before the work began. @throws what the work throws */
async function perform<R>(lock: Lock, work: LockedWork<R>, given: AbortSignalLike | undefined): Promise<R> {
  // Since the lock was got, promises have settled.
  if (given?.aborted) throw new LockAbortedError(given.reason)
  const { signal, stop } = given ? eitherSignal(lock.signal, given) : { signal: lock.signal, stop: () => undefined }
  try {
    const result = await work(lock, signal)
    const loss = lossOf(lock)
    if (loss) throw loss
    return result
  } catch (error) {
    const loss = lossOf(lock)
    throw loss && error !== loss ? new LockLostError(loss.reason, { cause: error }) : error
  } finally {
    stop()
  }
}

/** The error with which the lock was lost; undefined if it is held, or was released. */
function lossOf(lock: Lock): LockLostError | undefined {
  // By the clocks, too: a timer may be late.
  if (lock.isHeld) return undefined
  const { aborted, reason } = lock.signal
  return aborted && reason instanceof LockLostError ? reason : undefined
}

/** Releases a lock after work that failed. @returns both errors, if this fails as well */
function release(lock: Lock, failure: unknown): AggregateError | undefined {
  try {
    lock.release()
    return undefined
  } catch (error) {
    const sentence = 'The work under a lock failed, and the lock could not be released. Its lease ends by itself.'
    return new AggregateError([failure, error], sentence)
  }
}
