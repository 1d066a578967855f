import type { Connection, Environment } from '@ts2p/base'
import { reconciliationNonceBytes, decodeReconciliation } from '@ts2p/protocol'
import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import type { BinaryString, Cut, Store } from '@ts2p/store'
import type { Journal } from '../replication/journal.ts'
import type { Cursors } from './cursors.ts'
import { endChanges, step } from './reconciliation-session.ts'
import { busyMs, createPeer, isUnderWay } from './reconciled-peer.ts'
import type { ReconciledPeer } from './reconciled-peer.ts'
import type { LocalView, SessionEffect, SessionInput } from './session-state.ts'

/** A neighbor may open, and ask what has changed, at once this number of times, then once per `openMs` milliseconds. */
const opensAtOnce = 4
const openMs = 5000
/** What is known to be missing is fetched at most so often, milliseconds. */
const fetchMs = 2000
/** How long after a neighbor has postponed a reconciliation the node opens again, milliseconds, on average. */
const reopenMs = 1000
/** The node gives up what is under way when the neighbor sends nothing for this long, milliseconds. */
const silenceMs = 60_000
/** After symbols that no set has, the node does not open with that neighbor for this long, milliseconds. */
const invalidMs = 600_000
/** Steps of work in one turn: a millisecond or two. */
const sliceSteps = 20_000

/** What the scheduler needs of the layer above. */
export interface AntiEntropyHandler {
  /** Sends a message at once. */
  send(connection: Connection, message: ReconciliationMessage): void
  /**
   * Sends the records of some keys as the link takes them, or all but what is left out, then the message that `last` returns.
   */
  stream(
    connection: Connection,
    keys: Iterable<BinaryString> | { readonly allBut: Cut },
    last: () => ReconciliationMessage | undefined,
  ): void
  /**
   * A neighbor knows all deletions from a second since 1970 on.
   * @returns whether this node has dropped what it held, since it was not there to hear of the others
   */
  onCompleteSince(connection: Connection, second: number): boolean
  /** A neighbor has no room for more keys. */
  onFull(connection: Connection): void
  /** A neighbor has sent all that it owed. Returns the neighbors to reconcile with next. */
  onSettled(connection: Connection): readonly Connection[]
  /** A neighbor has sent symbols that no set has. */
  onInvalidSymbols(connection: Connection): void
  /** A neighbor's cutoff of garbage is ahead of the clock here by this number of seconds, which is too far. */
  onCutoffTooFarAhead(connection: Connection, aheadSeconds: number): void
}

/**
 * Decides which neighbor is reconciled with, and when. Asks a neighbor that was linked before what has changed since. Otherwise it
 * opens a reconciliation: one at a time, and none while it exchanges everything with a neighbor, because others would send the same.
 */
export class AntiEntropyScheduler {
  readonly #cursors: Cursors
  readonly #journal: Journal
  readonly #environment: Environment
  #fetchAgainAt = 0
  readonly #handler: AntiEntropyHandler
  readonly #local: LocalView
  readonly #peers = new Map<Connection, ReconciledPeer>()
  /** The neighbors to reconcile with, one after the other. */
  readonly #queue = new Set<Connection>()

  constructor(options: {
    store: Store
    journal: Journal
    cursors: Cursors
    environment: Environment
    handler: AntiEntropyHandler
  }) {
    const { store, journal, environment } = options
    this.#journal = journal
    this.#cursors = options.cursors
    this.#environment = environment
    this.#handler = options.handler
    const drawNonce = (): Uint8Array => environment.randomBytes(reconciliationNonceBytes)
    this.#local = { store, journal, now: () => environment.now(), drawNonce }
  }

  /** Begins to reconcile over a new link, if this node dialed. If both sides began, both would ask the same. */
  onNeighbor(connection: Connection): void {
    const now = this.#now()
    const peer = createPeer(connection, now)
    this.#peers.set(connection, peer)
    if (connection.direction === 'dialed') this.#requestChanges(peer, false)
  }

  onNeighborLost(connection: Connection): void {
    const peer = this.#peers.get(connection)
    if (peer) this.#giveUp(peer)
    this.#peers.delete(connection)
    this.#queue.delete(connection)
    this.#proceed()
  }

  /** Opens a reconciliation with a neighbor as soon as possible. */
  reconcile(connection: Connection): void {
    if (!this.#peers.has(connection)) return
    this.#queue.add(connection)
    this.#proceed()
  }

  /** Opens a reconciliation with a neighbor, at most once in two seconds: a neighbor that sends unknown renewals must not make it expensive. */
  fetch(connection: Connection): void {
    const now = this.#environment.monotonicNow()
    if (now < this.#fetchAgainAt || this.isReconciling(connection)) return
    this.#fetchAgainAt = now + fetchMs
    this.reconcile(connection)
  }

  /** Whether something is under way with a neighbor, or due. */
  isReconciling(connection: Connection): boolean {
    const peer = this.#peers.get(connection)
    if (!peer) return false
    const { opened, isAwaitingChanges } = peer.session
    const isDue = this.#queue.has(connection) || peer.reopenAt !== undefined
    return this.owes(connection) || opened !== undefined || isAwaitingChanges || isDue
  }

  /** Whether a neighbor waits for something that this node has not sent yet. */
  owes(connection: Connection): boolean {
    const peer = this.#peers.get(connection)
    if (!peer) return false
    return peer.heldOpen !== undefined || peer.heldSince !== undefined || peer.cancelWork !== undefined
  }

  /** Whether this node and a neighbor send each other everything. */
  isInBulk(connection: Connection): boolean {
    return this.#peers.get(connection)?.session.isInBulk === true
  }

  /** Handles a message of a neighbor. @throws {ProtocolError} when no honest neighbor sends it */
  onMessage(from: Connection, payload: Uint8Array): void {
    const message = decodeReconciliation(payload)
    const peer = this.#peers.get(from)
    if (!peer) return
    const now = this.#now()
    peer.lastAt = now
    if ((message.kind === 'open' || message.kind === 'since') && message.isFull) this.#handler.onFull(from)
    const isTold = message.kind === 'open' || message.kind === 'incomplete'
    if (isTold && this.#handler.onCompleteSince(from, message.completeSince)) return this.reconcile(from)
    switch (message.kind) {
      case 'since':
        peer.heldSince = message
        return this.#releaseSince(peer, now)
      case 'open':
        // If both have opened, the reconciliation of the side that dialed goes on, unless the neighbor cannot have received it.
        if (from.direction === 'dialed' && isUnderWay(peer, now)) return
        this.#step(peer, { kind: 'withdraw' })
        peer.heldOpen = message
        return this.#proceed()
      case 'at':
        this.#step(peer, { kind: 'message', message })
        return this.#proceed()
      default:
        this.#step(peer, { kind: 'message', message })
    }
  }

  /** Records of a neighbor come in, so it is alive. */
  onRecords(from: Connection): void {
    const peer = this.#peers.get(from)
    if (peer) peer.lastAt = this.#now()
  }

  /** `count` records of a neighbor were news here. */
  onNews(from: Connection, count: number): void {
    const peer = this.#peers.get(from)
    if (peer && count > 0) this.#step(peer, { kind: 'news', count })
  }

  runDue(now: number): void {
    for (const peer of this.#peers.values()) {
      if (now - peer.lastAt >= silenceMs && !peer.cancelWork) this.#giveUp(peer)
      if (peer.reopenAt !== undefined && now >= peer.reopenAt) this.#queue.add(peer.connection)
    }
    this.#proceed()
  }

  #step(peer: ReconciledPeer, input: SessionInput): void {
    const [session, effects] = step(peer.session, input, this.#local)
    peer.session = session
    for (const effect of effects) this.#execute(peer, effect)
  }

  #execute(peer: ReconciledPeer, effect: SessionEffect): void {
    const { connection } = peer
    switch (effect.kind) {
      case 'send':
        return this.#handler.send(connection, effect.message)
      case 'stream':
        return this.#handler.stream(connection, effect.keys, () => effect.last)
      case 'stream-changes':
        return this.#streamChanges(peer, effect.since)
      case 'ask-in-return':
        return this.#requestChanges(peer, true)
      case 'work':
        return this.#work(peer)
      case 'store-cursor':
        return this.#cursors.set(connection.id, effect.position)
      case 'settled':
        for (const next of this.#handler.onSettled(connection)) this.reconcile(next)
        return undefined
      case 'invalid-symbols':
        peer.reconcilableAt = this.#now() + invalidMs
        return this.#handler.onInvalidSymbols(connection)
      case 'cutoff-too-far-ahead':
        return this.#handler.onCutoffTooFarAhead(connection, effect.aheadSeconds)
      case 'open-later':
        peer.reopenAt = this.#now() + reopenMs * (0.5 + this.#environment.random())
        return undefined
      case 'journal-lost':
      case 'open-again':
        peer.mustOpen = true
        return this.reconcile(connection)
    }
  }

  /** Asks a neighbor what has changed there, if this node knows since when. Otherwise reconciles. */
  #requestChanges(peer: ReconciledPeer, isInReturn: boolean): void {
    const { connection } = peer
    const position = this.#cursors.get(connection.id)
    if (position) this.#step(peer, { kind: 'ask', position, isInReturn })
    else this.reconcile(connection)
  }

  #streamChanges(peer: ReconciledPeer, since: JournalPosition): void {
    const { connection } = peer
    const journal = this.#journal
    let isWhole = false
    const keys = function* (): Generator<BinaryString, void, undefined> {
      isWhole = yield* journal.since(since)
    }
    this.#handler.stream(connection, keys(), () => {
      const [session, last] = endChanges(peer.session, isWhole)
      peer.session = session
      if (!last) {
        peer.mustOpen = true
        this.#queue.add(connection)
      }
      return last
    })
  }

  /** Goes on with a computation in the next turn. */
  #work(peer: ReconciledPeer): void {
    peer.cancelWork ??= this.#environment.setTimer(0, () => {
      peer.cancelWork = undefined
      this.#step(peer, { kind: 'work', steps: sliceSteps })
      if (!peer.cancelWork) this.#proceed()
    })
  }

  #giveUp(peer: ReconciledPeer): void {
    peer.cancelWork?.()
    peer.cancelWork = undefined
    this.#step(peer, { kind: 'give-up' })
  }

  /** Answers what had to wait, and opens the next reconciliation, where that is possible now. */
  #proceed(): void {
    const now = this.#now()
    for (const peer of this.#peers.values()) this.#releaseSince(peer, now)
    const peers = [...this.#peers.values()]
    if (peers.some(({ session, beganAt }) => session.isInBulk && now < beganAt + busyMs)) return
    for (const peer of peers) this.#releaseOpen(peer, now)
    if (peers.some((peer) => isUnderWay(peer, now))) return
    for (const connection of this.#queue) {
      this.#queue.delete(connection)
      const peer = this.#peers.get(connection)
      // What the neighbor has opened serves both.
      if (!peer || peer.heldOpen || peer.session.answer || now < peer.reconcilableAt) continue
      peer.beganAt = now
      peer.reopenAt = undefined
      const position = this.#changesAloneSince(peer)
      peer.mustOpen = false
      if (!position) return this.#step(peer, { kind: 'open' })
      this.#step(peer, { kind: 'ask', position, isInReturn: false })
    }
  }

  /** If one side has no room, each comparison would find again what it has refused: it is sent changes alone. */
  #changesAloneSince({ connection, session, mustOpen }: ReconciledPeer): JournalPosition | undefined {
    const isOneFull = this.#local.store.isFull || session.isNeighborFull
    return isOneFull && !mustOpen ? this.#cursors.get(connection.id) : undefined
  }

  #releaseSince(peer: ReconciledPeer, now: number): void {
    const { heldSince: message, session, askableAt } = peer
    if (!message || session.changesEnd || now < askableAt - opensAtOnce * openMs) return
    peer.heldSince = undefined
    peer.askableAt = Math.max(askableAt, now) + openMs
    this.#step(peer, { kind: 'message', message })
  }

  #releaseOpen(peer: ReconciledPeer, now: number): void {
    const { heldOpen: message, cancelWork, openableAt } = peer
    if (!message || cancelWork || now < openableAt - opensAtOnce * openMs) return
    peer.heldOpen = undefined
    peer.openableAt = Math.max(openableAt, now) + openMs
    peer.beganAt = now
    this.#step(peer, { kind: 'message', message })
  }

  #now(): number {
    return this.#environment.monotonicNow()
  }
}
