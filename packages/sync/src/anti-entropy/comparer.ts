import type { Connection } from '@ts2p/base'
import { decodeCompare } from '@ts2p/protocol'
import type { CompareMessage } from '@ts2p/protocol'
import { Comparison } from './comparison.ts'
import type { ComparisonOptions } from './comparison.ts'

/** A neighbour may open a comparison, and ask what has changed, as often as this, and some at once; what comes sooner waits. */
const openMs = 5000
const opensAtOnce = 4
/** Other comparisons are not put off for longer: for one that is not answered, and for one that takes long. */
const answerMs = 2000
const busyMs = 30_000
/** A comparison in which nothing came for so long is given up. */
const patienceMs = 60_000
/** With a neighbour whose symbols were no set's, this node opens no comparison for so long. */
const poisonedMs = 600_000

/** One neighbour, and what has to wait. */
interface Peer {
  readonly comparison: Comparison
  /** An opening of the neighbour's that has to wait. */
  held: Extract<CompareMessage, { kind: 'open' }> | undefined
  /** A question of the neighbor's that has to wait; of several, the last. */
  asked: Extract<CompareMessage, { kind: 'since' }> | undefined
  /** When it may next open one, and ask, if it has done so some times at once; monotonic milliseconds. */
  openableAt: number
  askableAt: number
  /** Before then this node opens none. */
  comparableAt: number
  /** When what is under way began, and when something came last. */
  beganAt: number
  lastAt: number
}

/**
 * Who compares with whom, and when. A neighbour that was linked before is asked what has changed since. Else a comparison is
 * opened: by this node one at a time, and none while it exchanges everything with a neighbour, since others would send the same.
 */
export class Comparer {
  readonly #options: ComparisonOptions
  readonly #peers = new Map<Connection, Peer>()
  /** Whom to compare with, one after the other. */
  readonly #queue = new Set<Connection>()

  constructor(options: Omit<ComparisonOptions, 'onJournalLost'>) {
    this.#options = {
      ...options,
      onPoisoned: (connection) => {
        this.#onPoisoned(connection)
        options.onPoisoned(connection)
      },
      onJournalLost: (connection) => this.#queue.add(connection),
    }
  }

  /** There is a new link. Of its two sides one begins; both would ask the same. */
  onNeighbour(connection: Connection): void {
    const now = this.#now()
    const comparison = new Comparison(connection, this.#options, () => this.#goOn())
    const peer: Peer = {
      ...{ comparison, held: undefined, asked: undefined, beganAt: now, lastAt: now },
      ...{ openableAt: 0, askableAt: 0, comparableAt: 0 },
    }
    this.#peers.set(connection, peer)
    if (connection.direction === 'dialled') this.#askOrCompare(connection, peer, false)
  }

  onNeighbourLost(connection: Connection): void {
    this.#peers.get(connection)?.comparison.giveUp()
    this.#peers.delete(connection)
    this.#queue.delete(connection)
    this.#goOn()
  }

  /** Compares with a neighbour, as soon as that can be. */
  compare(connection: Connection): void {
    if (!this.#peers.has(connection)) return
    this.#queue.add(connection)
    this.#goOn()
  }

  /** Whether something is under way with a neighbour that is not known to have ended. */
  isComparing(connection: Connection): boolean {
    const peer = this.#peers.get(connection)
    if (!peer) return false
    const { isOpened, isCatchingUp } = peer.comparison
    return this.owes(connection) || isOpened || isCatchingUp || this.#queue.has(connection)
  }

  /** Whether a neighbour waits for something that this node has not sent yet. */
  owes(connection: Connection): boolean {
    const peer = this.#peers.get(connection)
    if (!peer) return false
    return peer.held !== undefined || peer.asked !== undefined || peer.comparison.isWorking
  }

  /** Whether all is being exchanged with a neighbour. */
  isInBulk(connection: Connection): boolean {
    return this.#peers.get(connection)?.comparison.isInBulk === true
  }

  /** A message of a comparison. @throws {ProtocolError} */
  onMessage(from: Connection, payload: Uint8Array): void {
    const message = decodeCompare(payload)
    const peer = this.#peers.get(from)
    if (!peer) return
    const { comparison } = peer
    peer.lastAt = this.#now()
    switch (message.kind) {
      case 'since':
        peer.asked = message
        return this.#answerAsked(from, peer, this.#now())
      case 'open':
        // Both have opened one: that of the side that dialed goes on, unless the neighbor cannot have received it.
        if (from.direction === 'dialled' && isUnderWay(peer, this.#now())) return
        comparison.giveWay()
        peer.held = message
        return this.#goOn()
      case 'symbols':
        return comparison.onSymbols(message)
      case 'more':
        return comparison.onMore(message.end)
      case 'want':
        return comparison.onWant(message.ids)
      case 'all':
        return comparison.onAll()
      case 'at':
        comparison.onAt(message.position)
        return this.#goOn()
      case 'settled':
        return this.#options.cursors.set(from.id, message.position)
    }
  }

  /** Records come in: the neighbour is alive. */
  onRecords(from: Connection): void {
    const peer = this.#peers.get(from)
    if (peer) peer.lastAt = this.#now()
  }

  sweep(now: number): void {
    for (const { comparison, lastAt } of this.#peers.values()) {
      if (now - lastAt >= patienceMs && !comparison.isWorking) comparison.giveUp()
    }
    this.#goOn()
  }

  #askOrCompare(connection: Connection, { comparison }: Peer, isInReturn: boolean): void {
    const position = this.#options.cursors.get(connection.id)
    if (position) comparison.ask(position, isInReturn)
    else this.compare(connection)
  }

  /** Answers and opens what had to wait. */
  #goOn(): void {
    const now = this.#now()
    for (const [connection, peer] of this.#peers) this.#answerAsked(connection, peer, now)
    const peers = [...this.#peers.values()]
    if (peers.some(({ comparison, beganAt }) => comparison.isInBulk && now < beganAt + busyMs)) return
    for (const peer of peers) this.#answerHeld(peer, now)
    if (peers.some((peer) => isUnderWay(peer, now))) return
    for (const connection of this.#queue) {
      this.#queue.delete(connection)
      const peer = this.#peers.get(connection)
      // What the neighbour has opened serves both.
      if (!peer || peer.held || peer.comparison.isAnswering || now < peer.comparableAt) continue
      peer.beganAt = now
      peer.comparison.open()
      return
    }
  }

  #answerAsked(connection: Connection, peer: Peer, now: number): void {
    const { asked, comparison, askableAt } = peer
    if (!asked || comparison.isTelling || now < askableAt - opensAtOnce * openMs) return
    peer.asked = undefined
    peer.askableAt = Math.max(askableAt, now) + openMs
    if (!comparison.tellSince(asked.position)) this.compare(connection)
    else if (!asked.isInReturn) this.#askOrCompare(connection, peer, true)
  }

  #answerHeld(peer: Peer, now: number): void {
    const { held, comparison, openableAt } = peer
    if (!held || comparison.isWorking || now < openableAt - opensAtOnce * openMs) return
    peer.held = undefined
    peer.openableAt = Math.max(openableAt, now) + openMs
    peer.beganAt = now
    comparison.answer(held)
  }

  #onPoisoned(connection: Connection): void {
    const peer = this.#peers.get(connection)
    if (peer) peer.comparableAt = this.#now() + poisonedMs
  }

  #now(): number {
    return this.#options.environment.monotonicNow()
  }
}

/** Whether this node has opened a comparison that the neighbor answers, or may still answer. */
function isUnderWay({ comparison, beganAt }: Peer, now: number): boolean {
  return comparison.isOpened && now < beganAt + (comparison.isSearching ? busyMs : answerMs)
}
