/** What is left of a lease, to read. Milliseconds since 1970. */
export function leaseText(lease: { readonly expires: number } | undefined, now: number): string {
  const seconds = lease ? Math.ceil((lease.expires - now) / 1000) : 0
  if (seconds <= 0) return 'free'
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const parts = [
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(hours > 0 || minutes > 0 ? [`${minutes} min`] : []),
    `${seconds % 60} s`,
  ]
  return parts.join(' ')
}
