/** The part of the WebSocket interface (WHATWG) that browsers and the library ws have in common, as far as links use it. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  close(code?: number): void
}

/** Values of `readyState`. */
export const readyStates: { readonly open: 1; readonly closed: 3 } = { open: 1, closed: 3 }

/** What differs between the platforms. */
export interface Platform {
  /** Sends a binary message; calls back, in a turn of its own, when it has left this process. */
  send(message: Uint8Array<ArrayBuffer>, onSent: () => void): void
  /** Ends the socket as soon as the platform can. */
  terminate(): void
  /** Stops and resumes reading, where the platform can. */
  pause?(): void
  resume?(): void
  /** Says in plain words why a dial has failed. */
  reasonOf(error: Error): string
  /** The link's channel binding, once the socket is open, where the platform tells. */
  channelBinding?(): Uint8Array | undefined
  /** The IP address of the other side, where the platform tells. */
  remoteIp?(): string | undefined
  /** See Link. */
  readonly isPublicName?: boolean
}
