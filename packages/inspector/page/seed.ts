import { seedBytes } from '@ts2p/protocol'

const place = 'ts2p-inspector-seed'
/** A page that was just left, or loaded again, may have its seed for so long, milliseconds. */
const leaveMs = 1000

/**
 * The seed of this tab: a page that is loaded again is the same node, and holds the leases that it held. A tab that was made as a copy of
 * another has what that has kept, and takes a seed of its own.
 */
export async function takeSeed(): Promise<Uint8Array> {
  const kept = sessionStorage.getItem(place)
  if (kept !== null && (await isOurs(kept))) return bytesOf(kept)
  const seed = crypto.getRandomValues(new Uint8Array(seedBytes))
  const hex = Array.from(seed, (byte) => byte.toString(16).padStart(2, '0')).join('')
  sessionStorage.setItem(place, hex)
  await isOurs(hex)
  return seed
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
}

/** Whether no other tab has this seed. If so none gets it until this page is left. */
function isOurs(seed: string): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(leaveMs)
    navigator.locks
      .request(`ts2p-inspector ${seed}`, { signal }, () => new Promise(() => resolve(true)))
      .catch(() => resolve(false))
  })
}
