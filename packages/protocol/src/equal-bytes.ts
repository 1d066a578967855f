/** Whether two arrays hold the same bytes. Takes as long wherever they differ, so that nobody can guess a secret byte by byte. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  return one.reduce((difference, byte, index) => difference | (byte ^ (other[index] ?? 0)), 0) === 0
}
