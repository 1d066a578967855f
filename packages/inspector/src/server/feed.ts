import type { ServerResponse } from 'node:http'
import type { CancelTimer, Environment } from '@ts2p/base'
import type { Inspected } from '../inspected.ts'
import { snapshotOf } from '../watching/snapshot.ts'
import { PropagationWatch } from '../watching/propagation-watch.ts'
import type { PeerPoller } from '../watching/peer-poller.ts'
import type { IssueWatch } from '../watching/issue-watch.ts'
import type { FeedEvent } from '../wire.ts'

const snapshotMs = 1000
/** First copies are told together, so often, milliseconds. */
const togetherMs = 50
/** Pages at a time, and bytes that may wait for one before it is left out. */
const readersMax = 8
const waitingBytesMax = 1024 * 1024

/** Tells pages what happens, each as lines of JSON that go on. Nothing is watched while there is none. */
export class Feed {
  readonly #node: Inspected
  readonly #environment: Environment
  readonly #peerPoller: PeerPoller
  readonly #issues: () => IssueWatch
  readonly #readers = new Set<ServerResponse>()
  #watch: PropagationWatch | undefined
  #cancelTimer: CancelTimer | undefined

  constructor(options: {
    node: Inspected
    environment: Environment
    peerPoller: PeerPoller
    issues: () => IssueWatch
  }) {
    this.#node = options.node
    this.#environment = options.environment
    this.#peerPoller = options.peerPoller
    this.#issues = options.issues
  }

  /** Whether another page can be served. */
  get hasRoom(): boolean {
    return this.#readers.size < readersMax
  }

  /** Tells a page from now on, and first what it must know. */
  add(response: ServerResponse, first: FeedEvent): void {
    const { environment, node } = { environment: this.#environment, node: this.#node }
    this.#readers.add(response)
    response.on('close', () => this.#remove(response))
    this.#watch ??= new PropagationWatch({
      node,
      environment,
      togetherMs,
      tell: (propagation) => this.publish(propagation),
    })
    for (const event of [first, ...this.#issues().remembered]) response.write(lineOf(event))
    this.#cancelTimer?.()
    this.#tick()
  }

  /** Tells all pages. */
  publish(event: FeedEvent): void {
    const line = lineOf(event)
    for (const response of this.#readers) if (response.writableLength < waitingBytesMax) response.write(line)
  }

  close(): void {
    for (const response of this.#readers) {
      this.#remove(response)
      response.end()
    }
  }

  #tick(): void {
    this.#issues().look()
    this.#peerPoller.look()
    const { others } = this.#peerPoller
    const delays = this.#watch?.takeDelays() ?? null
    this.publish(snapshotOf(this.#node, { now: this.#environment.now(), others, delays }))
    this.#cancelTimer = this.#environment.setTimer(snapshotMs, () => this.#tick())
  }

  #remove(response: ServerResponse): void {
    this.#readers.delete(response)
    if (this.#readers.size > 0) return
    this.#cancelTimer?.()
    this.#watch?.close()
    this.#watch = undefined
  }
}

function lineOf(event: FeedEvent): string {
  return `${JSON.stringify(event)}\n`
}
