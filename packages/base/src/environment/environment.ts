import type { Sha256, SignatureScheme } from '@ts2p/protocol'

/** How grave a log entry is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Ends a timer; calling it twice, or after the timer has run, does nothing. */
export type CancelTimer = () => void

/**
 * Everything that a node asks of the world except its links. One per node: two nodes of one process share nothing, and
 * a simulator that hands out its own runs thousands of real nodes in virtual time.
 */
export interface Environment {
  /** Wall clock: milliseconds since 1970, UTC. May step in either direction. */
  now(): number
  /** Milliseconds since an arbitrary origin. Never goes back. */
  monotonicNow(): number
  /** Calls back once, after at least `delayMs` milliseconds; with 0, as soon as what the current event has caused is done. */
  setTimer(delayMs: number, callback: () => void): CancelTimer
  /** Calls back once, after the current call stack has ended and before any timer or link is heard. */
  defer(callback: () => void): void
  /** A number in [0, 1), for jitter and for choosing peers. Not for secrets. */
  random(): number
  /** Unpredictable bytes, for keys, ids and nonces. */
  randomBytes(length: number): Uint8Array
  /** How signatures are made and checked; default in plain JavaScript. */
  readonly ed25519?: SignatureScheme
  /** How SHA-256 is computed; default in plain JavaScript. */
  readonly sha256?: Sha256
  /** Takes a log entry: a sentence, and the values that it speaks of. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void
}
