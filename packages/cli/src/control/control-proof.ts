import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Buffer } from 'node:buffer'

/** What both sides have said so far: base64 of 32 random bytes each. */
export interface Nonces {
  readonly asker: string
  readonly node: string
}

/** Fresh randomness, as it travels. */
export function newNonce(): string {
  return randomBytes(32).toString('base64')
}

/** Shows that a side knows the token, which itself never travels: HMAC-SHA-256 over the side and what both have said. */
export function controlProof(token: string, side: 'node' | 'asker', nonces: Nonces): string {
  return createHmac('sha256', token).update(`ts2p control 1 ${side} ${nonces.asker} ${nonces.node}`).digest('base64')
}

/** Whether a side has shown it. */
export function isProven(proof: unknown, token: string, side: 'node' | 'asker', nonces: Nonces): boolean {
  if (typeof proof !== 'string') return false
  const [given, wanted] = [Buffer.from(proof), Buffer.from(controlProof(token, side, nonces))]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
