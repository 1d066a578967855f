import type { WebSocketLike } from './web-socket-like.ts'

type Listener = ((event: { data?: unknown; code?: number }) => void) | null

/** A browser's WebSocket whose network is the test. */
export class FakeWebSocket implements WebSocketLike {
  /** The sockets made so far, oldest first. */
  static made: FakeWebSocket[] = []
  readonly url: string
  binaryType = 'blob'
  readyState = 0
  bufferedAmount = 0
  onopen: Listener = null
  onmessage: Listener = null
  onerror: Listener = null
  onclose: Listener = null
  readonly sent: Uint8Array[] = []
  readonly closedWith: (number | undefined)[] = []

  constructor(url: string) {
    if (url.startsWith('ws://blocked.'))
      throw new DOMException('an insecure WebSocket from a secure page', 'SecurityError')
    this.url = url
    FakeWebSocket.made.push(this)
  }

  send(message: Uint8Array): void {
    this.sent.push(message)
    this.bufferedAmount += message.length
  }

  close(code?: number): void {
    this.closedWith.push(code)
    this.readyState = 2
  }

  /** The other side has accepted. */
  open(): void {
    this.readyState = 1
    this.onopen?.({})
  }

  /** A message has come. */
  receive(data: unknown): void {
    this.onmessage?.({ data })
  }

  /** The connection has failed; browsers do not tell why. */
  fail(): void {
    this.onerror?.({})
    this.end(1006)
  }

  /** The connection has ended. */
  end(code: number): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}
