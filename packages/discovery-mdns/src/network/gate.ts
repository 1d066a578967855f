import { packetBytesMax } from '../packets/packet.ts'

/** What a machine may send per second, and all together; twice that in a burst. A network of a thousand machines is quieter. */
const perSourceRate = 20
const totalRate = 200
const burstSeconds = 2

/** How many machines are told apart; of more, those heard of longest ago are forgotten. */
const sourcesMax = 256

interface Bucket {
  tokens: number
  filledAt: number
}

/** Decides which packets are decoded at all: no long ones, and not too many. */
export class Gate {
  readonly #total: Bucket = { tokens: totalRate * burstSeconds, filledAt: 0 }
  readonly #sources = new Map<string, Bucket>()

  /** @param now monotonic milliseconds */
  accepts({ source, bytes }: { readonly source: string; readonly bytes: number }, now: number): boolean {
    if (bytes > packetBytesMax) return false
    const bucket = this.#sources.get(source) ?? { tokens: perSourceRate * burstSeconds, filledAt: now }
    this.#sources.delete(source)
    this.#sources.set(source, bucket)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > sourcesMax && oldest !== undefined) this.#sources.delete(oldest)
    // A source that sends too much must not use up what the others share.
    return take(bucket, perSourceRate, now) && take(this.#total, totalRate, now)
  }
}

function take(bucket: Bucket, rate: number, now: number): boolean {
  bucket.tokens = Math.min(rate * burstSeconds, bucket.tokens + ((now - bucket.filledAt) * rate) / 1000)
  bucket.filledAt = now
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}
