/** A write that a node made. */
export interface SeenWrite {
  readonly key: string
  /** Undefined: the key was deleted. */
  readonly value: string | undefined
  readonly owner: string
  /** 0: nobody holds the key, because it was deleted or released. */
  readonly leaseSeconds: number
  /** Whether the value ends with its lease. */
  readonly isEphemeral: boolean
  /** Virtual time, milliseconds. */
  readonly atMs: number
}

/** How much later than any other key a node may delete one of another's own, seconds. */
const graceSeconds = 60

/** The shortest lease of an ephemeral key, seconds. */
export const ephemeralSecondsMin = 5

interface Held {
  readonly holder: string | undefined
  readonly grantedSecond: number
  /** The last second of the lease. */
  readonly lastSecond: number
  readonly isEphemeral: boolean
  readonly value: string | undefined
}

/**
 * The oracle: one lease server that hears of every write, the moment it is made, and whose clock is right. Written from
 * the rules; shares no code with the store.
 */
export class LeaseServer {
  readonly #keys = new Map<string, Held>()

  write({ key, value, owner, leaseSeconds, isEphemeral, atMs }: SeenWrite): void {
    const second = Math.floor(atMs / 1000)
    const known = this.#keys.get(key)
    const isAnothers = key.startsWith('~') && !key.startsWith(`~${owner}/`)
    const isLive = known?.holder !== undefined && second <= known.lastSecond + (isAnothers ? graceSeconds : 0)
    const isHolder = isLive && known.holder === owner
    // Of two leases begun in one second that of the smaller id holds.
    const winsTie = isLive && !isAnothers && known.grantedSecond === second && owner < (known.holder ?? '')
    if (isLive && !isHolder && !winsTie) return
    const grantedSecond = isHolder ? known.grantedSecond : second
    this.#keys.set(key, {
      holder: leaseSeconds === 0 ? undefined : owner,
      grantedSecond,
      lastSecond: second + leaseSeconds,
      isEphemeral,
      value,
    })
  }

  /** Of the keys that were ever written: how many, and how many have there the value that they have here at a time. */
  agreement(valueOf: (key: string) => string | undefined, atMs: number): { keys: number; agreeing: number } {
    const second = Math.floor(atMs / 1000)
    const agreeing = [...this.#keys].filter(([key, { value, isEphemeral, lastSecond }]) => {
      return valueOf(key) === (isEphemeral && second > lastSecond ? undefined : value)
    })
    return { keys: this.#keys.size, agreeing: agreeing.length }
  }
}
