/** A key is shown up to this many bytes. */
const shownBytes = 64

/** A key as an error's sentence shows it: quoted if it is UTF-8, else in hex; long ones are cut. */
export function readableKey(key: Uint8Array): string {
  const shown = key.subarray(0, shownBytes)
  const rest = key.length > shownBytes ? `… (${key.length} bytes)` : ''
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'))
  try {
    return JSON.stringify(decodeURIComponent(hex.map((digits) => `%${digits}`).join(''))) + rest
  } catch {
    return `0x${hex.join('')}${rest}`
  }
}
