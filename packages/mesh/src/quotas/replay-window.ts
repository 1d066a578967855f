import { LinkQuota } from './link-quota.ts'

/** Most streams remembered, how many new ones a link may bring in a minute, and most signatures remembered of each. */
const [streamsMax, newPerMinute, signaturesMax] = [8192, 1024, 128]

interface Stream {
  /** By what is sure to differ between signatures: when the message was signed. The oldest first. */
  readonly signedAt: Map<string, number>
  /** What was signed before that may be forgotten, milliseconds since 1970. */
  oldestAccepted: number
  usedAt: number
}

/**
 * Knows the signed messages to single nodes that were passed on: each is signed anew when its source repeats it, so that the same one comes
 * again only from a liar. What lately came is remembered; what was signed before all of that counts as a repetition (as in RFC 4303, 3.4.3).
 */
export class ReplayWindow<L> {
  /** Silent for longest first. */
  readonly #streams = new Map<string, Stream>()
  readonly #quota = new LinkQuota<L>(newPerMinute)
  readonly #idleMsMin: number

  /** @param idleMsMin a stream is not forgotten before it was silent for so long: by then its messages are too old to be passed on */
  constructor(idleMsMin: number) {
    this.#idleMsMin = idleMsMin
  }

  /** Whether a message may be new. Nothing is remembered of it: it is not verified. */
  mayBeNew(stream: string, signature: Uint8Array, time: number): boolean {
    const known = this.#streams.get(stream)
    return !known || (time >= known.oldestAccepted && !known.signedAt.has(keyOf(signature)))
  }

  /** A message was verified. @returns whether there is room to remember it @param now monotonic milliseconds */
  add(
    stream: string,
    { signature, time, link, now }: { signature: Uint8Array; time: number; link: L; now: number },
  ): boolean {
    const known = this.#streams.get(stream)
    if (!known) {
      if (!this.#makeRoom(now) || !this.#quota.hasRoom(link, now)) return false
      this.#quota.spend(link, now)
    }
    const entry = known ?? {
      signedAt: new Map<string, number>(),
      oldestAccepted: Number.NEGATIVE_INFINITY,
      usedAt: now,
    }
    this.#streams.delete(stream)
    this.#streams.set(stream, entry)
    entry.usedAt = now
    entry.signedAt.set(keyOf(signature), time)
    const [[oldest, oldestTime] = []] = entry.signedAt
    if (entry.signedAt.size > signaturesMax && oldest !== undefined && oldestTime !== undefined) {
      entry.signedAt.delete(oldest)
      entry.oldestAccepted = Math.max(entry.oldestAccepted, oldestTime)
    }
    return true
  }

  onUnlink(link: L): void {
    this.#quota.delete(link)
  }

  #makeRoom(now: number): boolean {
    if (this.#streams.size < streamsMax) return true
    const [[name, { usedAt }] = ['', { usedAt: now }]] = this.#streams
    return now - usedAt >= this.#idleMsMin && this.#streams.delete(name)
  }
}

function keyOf(signature: Uint8Array): string {
  return String.fromCharCode(...signature.subarray(0, 16))
}
