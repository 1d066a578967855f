/** What is known of a link's life. Times in milliseconds of the monotonic clock. */
export interface Keepalive {
  /** When the last byte was heard. */
  readonly heardAt: number
  /** When the last ping went out. */
  readonly pingedAt: number
  /** When this was last looked at. */
  readonly checkedAt: number
  /** Until when a suspected peer must have been heard; undefined: no suspicion. */
  readonly suspectUntil: number | undefined
}

export interface KeepaliveTimes {
  readonly pingMs: number
  readonly deadMs: number
  /** How often `checkKeepalive` is called. */
  readonly checkMs: number
}

export function startKeepalive(now: number): Keepalive {
  return { heardAt: now, pingedAt: now, checkedAt: now, suspectUntil: undefined }
}

/** Any byte is a sign of life. */
export function recordActivity(state: Keepalive, now: number): Keepalive {
  return { ...state, heardAt: now, suspectUntil: undefined }
}

/** Gives a peer a short time to show that it lives, because another link claims to be it. */
export function suspect(state: Keepalive, now: number, withinMs: number): Keepalive {
  return { ...state, pingedAt: now, suspectUntil: state.suspectUntil ?? now + withinMs }
}

/**
 * Looks at a link: leave it, ping it, or give it up. When this node itself was late (a busy event loop, a machine that
 * slept), the peer's time is stretched by as much: a node must not call others dead for its own pause (Dadgar, Phillips,
 * Currey: Lifeguard, 2018).
 */
export function checkKeepalive(
  state: Keepalive,
  now: number,
  times: KeepaliveTimes,
): { state: Keepalive; step: 'none' | 'ping' | 'dead' } {
  const lateMs = Math.max(0, now - state.checkedAt - 2 * times.checkMs)
  const heardAt = state.heardAt + lateMs
  const suspectUntil = state.suspectUntil === undefined ? undefined : state.suspectUntil + lateMs
  const swept = { ...state, heardAt, suspectUntil, checkedAt: now }
  if (now - heardAt >= times.deadMs || (suspectUntil !== undefined && now >= suspectUntil))
    return { state: swept, step: 'dead' }
  const quietSince = Math.max(heardAt, state.pingedAt)
  return now - quietSince >= times.pingMs
    ? { state: { ...swept, pingedAt: now }, step: 'ping' }
    : { state: swept, step: 'none' }
}

/**
 * The same for a peer that is not read from at present: its silence is this node's own doing. Its pings wait unread, so
 * that it needs a sign of life without asking.
 */
export function checkPausedKeepalive(
  state: Keepalive,
  now: number,
  times: KeepaliveTimes,
): { state: Keepalive; step: 'none' | 'ping' } {
  const swept = { ...recordActivity(state, now), checkedAt: now }
  return now - state.pingedAt >= times.pingMs
    ? { state: { ...swept, pingedAt: now }, step: 'ping' }
    : { state: swept, step: 'none' }
}
