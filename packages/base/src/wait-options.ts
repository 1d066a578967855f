import type { Environment } from './environment/environment.ts'
import { ArgumentError, TimeoutError } from './errors.ts'

/** What is needed of an AbortSignal, which Node and browsers have. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** How long a call waits. */
export interface WaitOptions {
  /** Rejects the call with its reason when it is aborted. Default none. */
  readonly signal?: AbortSignalLike
  /** How long the call waits at most, milliseconds, above 0 and below 2³¹. Default as the method says. */
  readonly timeoutMs?: number
}

/** The names of `WaitOptions`. */
export const waitOptionNames: readonly string[] = Object.keys({
  signal: true,
  timeoutMs: true,
} satisfies Record<keyof WaitOptions, true>)

/** Checks how long a call waits. @throws {ArgumentError} */
export function checkWait({ signal, timeoutMs }: WaitOptions): void {
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs < 2 ** 31))
    throw new ArgumentError('timeoutMs', 'a number above 0', timeoutMs)
  if (signal !== undefined && typeof (signal as Partial<AbortSignalLike> | null)?.addEventListener !== 'function')
    throw new ArgumentError('signal', 'an AbortSignal', signal)
}

/** What a call waits for, and on whose clock. */
export interface Wait extends WaitOptions {
  /** Names the call in the error. */
  readonly action: string
  readonly environment: Pick<Environment, 'setTimer'>
}

/**
 * Begins something and waits for it, until a signal is aborted or a time has passed. A signal that is aborted already keeps it from beginning.
 * @throws {TimeoutError} The time has passed. @throws The reason of the signal. @throws {ArgumentError}
 */
export function waitFor<T>(begin: () => Promise<T>, wait: Wait): Promise<T> {
  const { signal, timeoutMs, action, environment } = wait
  return new Promise((resolve, reject) => {
    checkWait(wait)
    if (signal?.aborted) return reject(signal.reason)
    const end = (settle: () => void): void => {
      cancel?.()
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    // The reason is the caller's, and mostly an AbortError.
    const onAbort = (): void => end(() => reject(signal?.reason))
    signal?.addEventListener('abort', onAbort)
    const onTimeout = (): void => end(() => reject(new TimeoutError(action, timeoutMs ?? 0)))
    const cancel = timeoutMs === undefined ? undefined : environment.setTimer(timeoutMs, onTimeout)
    begin().then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    )
  })
}
