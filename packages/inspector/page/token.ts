const place = 'ts2p-inspector-token'

/** The token from behind the `#`, which is then taken out of the address bar and kept for this tab; else the one kept before. */
export function takeToken(): string | undefined {
  const given = decodedToken(location.hash.slice(1))
  if (given !== '') {
    history.replaceState(null, '', location.pathname)
    keepToken(given)
  }
  return sessionStorage.getItem(place) ?? undefined
}

/** The token as it stands behind the `#`. One that was written there by hand may have a `%` that encodes nothing. */
export function decodedToken(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Keeps a token for this tab. */
export function keepToken(token: string): void {
  sessionStorage.setItem(place, token)
}

/** Forgets it: it was wrong. */
export function forgetToken(): void {
  sessionStorage.removeItem(place)
}
