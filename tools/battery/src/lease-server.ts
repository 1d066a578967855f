/** A write that a node made. */
export interface SeenWrite {
  readonly key: string
  /** Undefined: the key was deleted. */
  readonly value: string | undefined
  readonly owner: string
  /** Virtual time, milliseconds. */
  readonly atMs: number
}

/** How much later than any other key a node may delete one of another's own, seconds. */
const graceSeconds = 60

interface Held {
  readonly holder: string | undefined
  readonly grantedSecond: number
  readonly renewedSecond: number
  readonly value: string | undefined
}

/**
 * The oracle: one lease server that hears of every write, the moment it is made, and whose clock is right. Written from
 * the rules; shares no code with the store.
 */
export class LeaseServer {
  readonly #leaseSeconds: number
  readonly #keys = new Map<string, Held>()

  constructor(leaseSeconds: number) {
    this.#leaseSeconds = leaseSeconds
  }

  write({ key, value, owner, atMs }: SeenWrite): void {
    const second = Math.floor(atMs / 1000)
    const known = this.#keys.get(key)
    const isAnothers = key.startsWith('~') && !key.startsWith(`~${owner}/`)
    const lengthSeconds = this.#leaseSeconds + (isAnothers ? graceSeconds : 0)
    const isLive = known?.holder !== undefined && second <= known.renewedSecond + lengthSeconds
    const isHolder = isLive && known.holder === owner
    // Of two leases begun in one second that of the smaller id holds.
    const winsTie = isLive && !isAnothers && known.grantedSecond === second && owner < (known.holder ?? '')
    if (isLive && !isHolder && !winsTie) return
    const grantedSecond = isHolder ? known.grantedSecond : second
    this.#keys.set(key, {
      holder: value === undefined ? undefined : owner,
      grantedSecond,
      renewedSecond: second,
      value,
    })
  }

  /** Of the keys that were ever written: how many, and how many have there the value that they have here. */
  agreement(valueOf: (key: string) => string | undefined): { keys: number; agreeing: number } {
    const agreeing = [...this.#keys].filter(([key, { value }]) => valueOf(key) === value)
    return { keys: this.#keys.size, agreeing: agreeing.length }
  }
}
