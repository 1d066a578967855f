/** What is left of a lease and how long it is, to read. Milliseconds since 1970. */
export function leaseText(
  lease: { readonly expiresAt: number; readonly leaseSeconds: number; readonly ephemeral: boolean } | undefined,
  now: number,
): string {
  const seconds = lease ? Math.ceil((lease.expiresAt - now) / 1000) : 0
  if (!lease || seconds <= 0) return 'free'
  // A lease lives through its last second, so a new one has a second more.
  const left = durationText(Math.min(seconds, lease.leaseSeconds))
  return `${lease.ephemeral ? 'ephemeral, ' : ''}${left} of ${durationText(lease.leaseSeconds)}`
}

/** A number of seconds as hours, minutes and seconds, without those that are 0. */
function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : [])).join(' ')
}
