import { checkKnown } from '../check-known.ts'
import { ArgumentError } from '../errors.ts'
import type { Environment, LogLevel } from './environment.ts'
import { nativeEd25519, nativeSha256 } from './native-crypto.ts'
import type { NodeCrypto } from './native-crypto.ts'

// The globals that Node and browsers share but that no common lib types. This file is the only one that asks the world.
declare const setTimeout: (callback: () => void, delayMs: number) => unknown
declare const clearTimeout: (handle: unknown) => void
/** Of Node: after what has come already was handled, and sooner than a timer. */
declare const setImmediate: ((callback: () => void) => unknown) | undefined
declare const clearImmediate: ((handle: unknown) => void) | undefined
declare const queueMicrotask: (callback: () => void) => void
declare const performance: { now(): number }
declare const crypto: { getRandomValues(array: Uint8Array): Uint8Array }
/** Node's way to its modules that needs no import, so that nothing of it is in a bundle for browsers. */
declare const process: { getBuiltinModule?: (name: string) => unknown } | undefined
declare const console: Record<LogLevel, (...values: unknown[]) => void>

/** Which log entries reach the console. */
export interface SystemEnvironmentOptions {
  /** The least grave level that is printed; default 'warn'. 'silent' prints nothing. */
  readonly logLevel?: LogLevel | 'silent'
}

const optionNames = Object.keys({ logLevel: true } satisfies Record<keyof SystemEnvironmentOptions, true>)

const gravity: Readonly<Record<LogLevel | 'silent', number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 }

/**
 * The clock, timers, randomness and console of the platform, Node or browser.
 * @throws {ArgumentError} There is no such option, or no such level.
 */
export function systemEnvironment(options: SystemEnvironmentOptions = {}): Environment {
  checkKnown('options', options, optionNames)
  const { logLevel = 'warn' } = options
  if (!Object.hasOwn(gravity, logLevel))
    throw new ArgumentError('logLevel', `one of ${Object.keys(gravity).join(', ')}`, logLevel)
  const leastGravity = gravity[logLevel]
  const nodeCrypto =
    typeof process === 'undefined' ? undefined : (process.getBuiltinModule?.('crypto') as NodeCrypto | undefined)
  return {
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    setTimer(delayMs, callback) {
      if (delayMs === 0 && typeof setImmediate === 'function') {
        const handle = setImmediate(callback)
        return () => clearImmediate?.(handle)
      }
      const handle = setTimeout(callback, delayMs)
      return () => clearTimeout(handle)
    },
    defer: (callback) => queueMicrotask(callback),
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    ...(nodeCrypto ? { ed25519: nativeEd25519(nodeCrypto), sha256: nativeSha256(nodeCrypto) } : {}),
    log(level, message, fields) {
      if (gravity[level] >= leastGravity) console[level](`ts2p: ${message}`, ...(fields ? [fields] : []))
    },
  }
}
