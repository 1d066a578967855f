import type { FeedEvent } from '../src/wire.ts'
import { jsonLines } from './lines.ts'

/** Pauses before it is tried again, milliseconds. */
const againMs = { first: 500, last: 8000 } as const

/** What the page hears from the inspector's server, tried again whenever it ends. */
export class EventFeed {
  readonly #token: string
  readonly #onEvent: (event: FeedEvent) => void
  readonly #onState: (state: 'open' | 'lost' | 'refused') => void

  constructor(options: {
    token: string
    onEvent: (event: FeedEvent) => void
    /** 'refused': the token is wrong, and it is not tried again. */
    onState: (state: 'open' | 'lost' | 'refused') => void
  }) {
    this.#token = options.token
    this.#onEvent = options.onEvent
    this.#onState = options.onState
  }

  /** Goes on until the token is refused. */
  async run(): Promise<void> {
    for (let pauseMs: number = againMs.first; ; pauseMs = Math.min(againMs.last, pauseMs * 2)) {
      const outcome = await this.#once()
      if (outcome === 'refused') return this.#onState('refused')
      if (outcome === 'ended') pauseMs = againMs.first
      this.#onState('lost')
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  async #once(): Promise<'refused' | 'ended' | 'failed'> {
    try {
      const response = await fetch('/events', { headers: { authorization: `Bearer ${this.#token}` } })
      if (response.status === 401) return 'refused'
      if (!response.ok || !response.body) return 'failed'
      this.#onState('open')
      // The server of this page says nothing else.
      for await (const event of jsonLines(response.body)) this.#onEvent(event as FeedEvent)
      return 'ended'
    } catch {
      return 'failed'
    }
  }
}
