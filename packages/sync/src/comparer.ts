import type { CancelTimer, Connection, Environment } from '@ts2p/base'
import { compareNonceBytes, decodeCompare } from '@ts2p/protocol'
import type { CompareMessage, Position } from '@ts2p/protocol'
import { binaryFromBytes } from '@ts2p/store'
import type { BinaryString, Store } from '@ts2p/store'
import { ComparisonAnswer } from './comparison-answer.ts'
import { ComparisonSearch, differencesMax } from './comparison-search.ts'
import type { Cursors } from './cursors.ts'
import type { Journal } from './journal.ts'
import { saltOf } from './salted-contents.ts'
import { WorkBudget } from './work-budget.ts'

/** Steps of work in one turn: a millisecond or two. */
const sliceSteps = 20_000
/** A neighbour may open a comparison as often as this, and some at once; one that comes sooner waits. */
const openMs = 5000
const opensAtOnce = 4
/** Another comparison is not put off for longer for one that is not answered. */
const answerMs = 2000
/** A comparison in which nothing came for so long is given up. */
const patienceMs = 60_000

/** With a neighbour whose symbols were no set's, this node opens no comparison for so long. */
const poisonedMs = 600_000

type Open = Extract<CompareMessage, { kind: 'open' }>

/** What is under way with one neighbour. */
interface Peer {
  /** What this node has opened: the nonce that it sent, and the search once symbols come. */
  opened:
    | {
        readonly nonce: Uint8Array
        readonly position: Position
        readonly at: number
        search: ComparisonSearch | undefined
      }
    | undefined
  /** What the neighbour has opened. */
  answer: ComparisonAnswer | undefined
  /** An opening that has to wait. */
  held: Open | undefined
  /** When it may next open one, if it has opened some at once; monotonic milliseconds. */
  openableAt: number
  /** Before then this node opens none, monotonic milliseconds. */
  comparableAt: number
  /** The neighbour was asked what has changed since a position. */
  isCatchingUp: boolean
  /** All is being sent, both ways. */
  isInBulk: boolean
  /** Ends the slice that is due. */
  cancelWork: CancelTimer | undefined
  lastAt: number
  /** Where in its journal this node was, by what it has told the neighbour last, and what it had had of it by then. */
  told: { readonly position: Position; readonly newsCount: number } | undefined
}

/** What a comparer asks of the node. */
export interface ComparerOptions {
  readonly store: Store
  readonly journal: Journal
  readonly cursors: Cursors
  readonly environment: Environment
  readonly send: (connection: Connection, message: CompareMessage) => void
  /** Sends the records of some keys, or all, as the link takes them, and then a message. */
  readonly stream: (connection: Connection, keys: ReadonlySet<BinaryString> | 'all', last: CompareMessage) => void
  /** How many records of a neighbour were news in the present comparison. */
  readonly newsFrom: (connection: Connection) => number
  /** A neighbour has sent what it owed. */
  readonly onSettled: (connection: Connection) => void
  /** A neighbour has sent symbols that are no set's. */
  readonly onPoisoned: (connection: Connection) => void
}

/**
 * Finds what this node and its neighbours hold differently. Who was linked before asks what has changed since. Else one side
 * opens a comparison: the other answers that both hold the same, or with coded symbols, in which the first finds what
 * differs; or all is sent, where that is cheaper. This node opens one comparison at a time, and none while it exchanges
 * everything with a neighbour, since others would send the same.
 */
export class Comparer {
  readonly #options: ComparerOptions
  readonly #peers = new Map<Connection, Peer>()
  /** Whom to compare with, one after the other. */
  readonly #queue = new Set<Connection>()

  constructor(options: ComparerOptions) {
    this.#options = options
  }

  /** There is a new link. Of its two sides one begins; both would ask the same. */
  onNeighbour(connection: Connection): void {
    const lastAt = this.#options.environment.monotonicNow()
    this.#peers.set(connection, {
      opened: undefined,
      answer: undefined,
      held: undefined,
      openableAt: 0,
      comparableAt: 0,
      isCatchingUp: false,
      isInBulk: false,
      cancelWork: undefined,
      lastAt,
      told: undefined,
    })
    if (connection.direction === 'dialled') this.#askOrCompare(connection, false)
  }

  onNeighbourLost(connection: Connection): void {
    this.#peers.get(connection)?.cancelWork?.()
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
    return this.owes(connection) || peer.opened !== undefined || peer.isCatchingUp || this.#queue.has(connection)
  }

  /** Whether a neighbour waits for an answer of this node. */
  owes(connection: Connection): boolean {
    const peer = this.#peers.get(connection)
    return peer?.held !== undefined || peer?.cancelWork !== undefined
  }

  /** Whether all is being exchanged with a neighbour. */
  isInBulk(connection: Connection): boolean {
    return this.#peers.get(connection)?.isInBulk === true
  }

  /** A message of a comparison. @throws {ProtocolError} */
  onMessage(from: Connection, payload: Uint8Array): void {
    const message = decodeCompare(payload)
    const peer = this.#peers.get(from)
    if (!peer) return
    peer.lastAt = this.#options.environment.monotonicNow()
    switch (message.kind) {
      case 'since':
        return this.#answerSince(from, peer, message)
      case 'open':
        // Both have opened one: that of who has dialled goes on.
        if (peer.opened && from.direction === 'dialled') return
        peer.opened = undefined
        peer.held = message
        return this.#goOn()
      case 'symbols':
        return this.#onSymbols(from, peer, message)
      case 'more':
        peer.answer?.want(message.end)
        return this.#work(from, peer)
      case 'want':
        return this.#onWant(from, peer, message.ids)
      case 'all':
        return this.#onAll(from, peer)
      case 'at':
        return this.#onAt(from, peer, message.position)
      case 'settled':
        return this.#options.cursors.set(from.id, message.position)
    }
  }

  /** Records come in: the neighbour is alive. */
  onRecords(from: Connection): void {
    const peer = this.#peers.get(from)
    if (peer) peer.lastAt = this.#options.environment.monotonicNow()
  }

  sweep(now: number): void {
    for (const peer of this.#peers.values()) {
      if (now - peer.lastAt < patienceMs || peer.cancelWork) continue
      peer.opened = undefined
      peer.answer = undefined
      peer.isCatchingUp = false
      peer.isInBulk = false
    }
    this.#goOn()
  }

  #askOrCompare(connection: Connection, isInReturn: boolean): void {
    const position = this.#options.cursors.get(connection.id)
    const peer = this.#peers.get(connection)
    if (!position || !peer) return this.compare(connection)
    peer.isCatchingUp = true
    this.#options.send(connection, { kind: 'since', position, isInReturn })
  }

  #answerSince(
    from: Connection,
    peer: Peer,
    { position, isInReturn }: Extract<CompareMessage, { kind: 'since' }>,
  ): void {
    const { journal } = this.#options
    const keys = journal.since(position)
    if (!keys) {
      peer.isCatchingUp = false
      return this.compare(from)
    }
    this.#deliver(from, peer, keys, journal.position)
    if (!isInReturn) this.#askOrCompare(from, true)
  }

  /** Opens and answers what had to wait. */
  #goOn(): void {
    const isInBulk = [...this.#peers.values()].some((peer) => peer.isInBulk)
    if (isInBulk) return
    const now = this.#options.environment.monotonicNow()
    for (const [connection, peer] of this.#peers) {
      if (!peer.held || peer.cancelWork || now < peer.openableAt - opensAtOnce * openMs) continue
      const open = peer.held
      peer.held = undefined
      peer.openableAt = Math.max(peer.openableAt, now) + openMs
      this.#answer(connection, peer, open)
    }
    const isBusy = [...this.#peers.values()].some(
      ({ opened }) => opened && (opened.search ?? now < opened.at + answerMs),
    )
    if (isBusy) return
    for (const connection of this.#queue) {
      this.#queue.delete(connection)
      const peer = this.#peers.get(connection)
      // What the neighbour has opened serves both.
      if (!peer || peer.held || peer.answer || now < peer.comparableAt) continue
      this.#open(connection, peer)
      return
    }
  }

  #open(connection: Connection, peer: Peer): void {
    const { environment, journal, store } = this.#options
    const { position } = journal
    const nonce = environment.randomBytes(compareNonceBytes)
    peer.opened = { nonce, position, at: environment.monotonicNow(), search: undefined }
    peer.isCatchingUp = false
    const root = store.summaryRoot()
    this.#options.send(connection, { kind: 'open', position, count: store.recordCount, root, nonce })
  }

  #answer(from: Connection, peer: Peer, open: Open): void {
    const { environment, journal, store, cursors } = this.#options
    const { position } = journal
    const ourCount = store.recordCount
    peer.isCatchingUp = false
    if (ourCount === open.count && binaryFromBytes(store.summaryRoot()) === binaryFromBytes(open.root)) {
      cursors.set(from.id, open.position)
      return this.#options.send(from, { kind: 'at', position })
    }
    if (Math.abs(ourCount - open.count) > differencesMax(ourCount, open.count)) return this.#sendAll(from, peer)
    const nonce = environment.randomBytes(compareNonceBytes)
    const asked = { theirNonce: open.nonce, ourNonce: nonce, position, otherSize: open.count }
    peer.answer = new ComparisonAnswer(store.contents(), asked)
    this.#work(from, peer)
  }

  #onSymbols(from: Connection, peer: Peer, { nonce, chunk }: Extract<CompareMessage, { kind: 'symbols' }>): void {
    const { opened } = peer
    // What was given up here may still be answered.
    if (!opened || (nonce === undefined) === (opened.search === undefined)) return
    if (nonce) {
      const contents = this.#options.store.contents()
      opened.search = new ComparisonSearch(contents, saltOf(opened.nonce, nonce), contents.ids.length)
    }
    opened.search?.receive(chunk)
    this.#work(from, peer)
  }

  #onWant(from: Connection, peer: Peer, ids: Uint8Array): void {
    const { answer } = peer
    if (!answer) return
    peer.answer = undefined
    this.#deliver(from, peer, answer.keysOf(ids), answer.position)
  }

  #onAll(from: Connection, peer: Peer): void {
    // Nothing of this was under way here: it was given up, or is made up.
    if (peer.isInBulk || (!peer.opened && !peer.answer)) return
    peer.answer = undefined
    peer.isInBulk = true
    this.#deliver(from, peer, 'all', this.#options.journal.position)
  }

  #sendAll(to: Connection, peer: Peer): void {
    peer.isInBulk = true
    this.#options.send(to, { kind: 'all' })
    this.#deliver(to, peer, 'all', this.#options.journal.position)
  }

  #onAt(from: Connection, peer: Peer, position: Position): void {
    this.#options.cursors.set(from.id, position)
    this.#settle(from, peer)
    peer.opened = undefined
    peer.isCatchingUp = false
    peer.isInBulk = false
    this.#options.onSettled(from)
    this.#goOn()
  }

  /** What came from a neighbour is in the journal, and need not be told it: if nothing else is, it may hear of that. */
  #settle(from: Connection, { told }: Peer): void {
    const { journal, newsFrom, stream } = this.#options
    const { position } = journal
    if (!told || told.position.epoch !== position.epoch || told.position.sequence === position.sequence) return
    if (position.sequence - told.position.sequence !== newsFrom(from) - told.newsCount) return
    stream(from, new Set(), { kind: 'settled', position })
  }

  /** Sends the records of some keys, and that this was all that was owed. */
  #deliver(to: Connection, peer: Peer, keys: ReadonlySet<BinaryString> | 'all', position: Position): void {
    peer.told = { position: this.#options.journal.position, newsCount: this.#options.newsFrom(to) }
    this.#options.stream(to, keys, { kind: 'at', position })
  }

  /** Goes on with what is under way with a neighbour, a slice each turn. */
  #work(connection: Connection, peer: Peer): void {
    if (peer.cancelWork) return
    peer.cancelWork = this.#options.environment.setTimer(0, () => {
      peer.cancelWork = undefined
      const [isAnswered, isSearched] = [this.#answerStep(connection, peer), this.#searchStep(connection, peer)]
      if (isAnswered && isSearched) this.#goOn()
      else this.#work(connection, peer)
    })
  }

  /** Returns whether there is nothing more to do now. */
  #answerStep(connection: Connection, peer: Peer): boolean {
    if (!peer.answer?.isAsked) return true
    const symbols = peer.answer.step(new WorkBudget(sliceSteps))
    if (!symbols) return false
    this.#options.send(connection, { kind: 'symbols', ...symbols })
    return true
  }

  #searchStep(connection: Connection, peer: Peer): boolean {
    const { opened } = peer
    if (!opened?.search?.hasUnread) return true
    const state = opened.search.step(new WorkBudget(sliceSteps))
    switch (state.kind) {
      case 'working':
        return false
      case 'wanting':
        this.#options.send(connection, { kind: 'more', end: state.end })
        return true
      case 'found':
        this.#options.send(connection, { kind: 'want', ids: state.wanted })
        this.#deliver(connection, peer, state.ours, opened.position)
        return true
      case 'poisoned':
        this.#options.onPoisoned(connection)
        peer.comparableAt = this.#options.environment.monotonicNow() + poisonedMs
        this.#sendAll(connection, peer)
        return true
      case 'hopeless':
        this.#sendAll(connection, peer)
        return true
    }
  }
}
