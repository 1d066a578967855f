import type { CancelTimer, Connection, Environment } from '@ts2p/base'
import { compareNonceBytes } from '@ts2p/protocol'
import type { CompareMessage, Position } from '@ts2p/protocol'
import { WorkBudget } from '@ts2p/reconciliation'
import { binaryFromBytes } from '@ts2p/store'
import type { BinaryString, Store } from '@ts2p/store'
import { ComparisonAnswer } from './comparison-answer.ts'
import { ComparisonSearch, differencesMax } from './comparison-search.ts'
import type { Cursors } from './cursors.ts'
import type { Journal } from '../replication/journal.ts'
import { saltOf } from './salted-contents.ts'

/** Steps of work in one turn: a millisecond or two. */
const sliceSteps = 20_000

/** What comparisons ask of the node. */
export interface ComparisonOptions {
  readonly store: Store
  readonly journal: Journal
  readonly cursors: Cursors
  readonly environment: Environment
  readonly send: (connection: Connection, message: CompareMessage) => void
  /** Sends the records of some keys, or all, as the link takes them, and then a message, which is made at the end. */
  readonly stream: (
    connection: Connection,
    keys: Iterable<BinaryString> | 'all',
    last: () => CompareMessage | undefined,
  ) => void
  /** What a neighbor has asked for cannot be told any more: the two must compare. */
  readonly onJournalLost: (connection: Connection) => void
  /** How many records of a neighbour were news in the present comparison. */
  readonly newsFrom: (connection: Connection) => number
  /** A neighbour has sent what it owed. */
  readonly onSettled: (connection: Connection) => void
  /** A neighbour has sent symbols that are no set's. */
  readonly onPoisoned: (connection: Connection) => void
}

/**
 * What is under way with one neighbour. One side opens a comparison; the other answers that both hold the same, or with
 * coded symbols in which the first finds what differs; or all is sent, where that is cheaper.
 */
export class Comparison {
  readonly #connection: Connection
  readonly #options: ComparisonOptions
  /** Called when a piece of work is done. */
  readonly #onIdle: () => void
  /** What this node has opened: the nonce that it sent, and the search once symbols come. */
  #opened: { readonly nonce: Uint8Array; readonly position: Position; search: ComparisonSearch | undefined } | undefined
  /** What the neighbour has opened. */
  #answer: ComparisonAnswer | undefined
  #isInBulk = false
  #isCatchingUp = false
  /** Whether what has changed is being told: one answer at a time, so that questions hold no memory. */
  #isTelling = false
  /** Ends the slice of work that is due. */
  #cancelWork: CancelTimer | undefined
  /** Where in its journal this node was, by what it has told the neighbour last, and what it had had of it by then. */
  #told: { readonly position: Position; readonly newsCount: number } | undefined

  constructor(connection: Connection, options: ComparisonOptions, onIdle: () => void) {
    this.#connection = connection
    this.#options = options
    this.#onIdle = onIdle
  }

  /** Whether this node has opened one. */
  get isOpened(): boolean {
    return this.#opened !== undefined
  }

  /** Whether this node has opened one, and the neighbour has answered. */
  get isSearching(): boolean {
    return this.#opened?.search !== undefined
  }

  get isAnswering(): boolean {
    return this.#answer !== undefined
  }

  /** Whether this node is at work on what the neighbour waits for. */
  get isWorking(): boolean {
    return this.#cancelWork !== undefined
  }

  /** Whether all is being sent, both ways. */
  get isInBulk(): boolean {
    return this.#isInBulk
  }

  /** Whether the neighbour was asked what has changed since a position. */
  get isCatchingUp(): boolean {
    return this.#isCatchingUp
  }

  /** Whether an answer to the neighbor's question is still being sent. */
  get isTelling(): boolean {
    return this.#isTelling
  }

  /** What has changed at the neighbour since? */
  ask(position: Position, isInReturn: boolean): void {
    this.#isCatchingUp = true
    this.#options.send(this.#connection, { kind: 'since', position, isInReturn })
  }

  /** Tells what has changed here since. Returns false if that is not known any more. */
  tellSince(position: Position): boolean {
    const { journal, stream } = this.#options
    const isKnown = journal.covers(position)
    if (!isKnown) {
      this.#isCatchingUp = false
      return false
    }
    const end = journal.position
    let isWhole = false
    const keys = function* (): Generator<BinaryString, void, undefined> {
      isWhole = yield* journal.since(position)
    }
    this.#isTelling = true
    this.#noteTold()
    stream(this.#connection, keys(), () => this.#endTelling(isWhole ? end : undefined))
    return true
  }

  open(): void {
    const { environment, journal, store, send } = this.#options
    const { position } = journal
    const nonce = environment.randomBytes(compareNonceBytes)
    this.#opened = { nonce, position, search: undefined }
    this.#isCatchingUp = false
    const [count, root] = [store.recordCount, store.summaryRoot()]
    send(this.#connection, { kind: 'open', position, count, root, nonce })
  }

  /** What was opened here gives way to what the neighbour has opened. */
  giveWay(): void {
    this.#opened = undefined
  }

  answer(open: Extract<CompareMessage, { kind: 'open' }>): void {
    const { environment, journal, store, cursors, send } = this.#options
    const { position } = journal
    const ourCount = store.recordCount
    this.#isCatchingUp = false
    if (ourCount === open.count && binaryFromBytes(store.summaryRoot()) === binaryFromBytes(open.root)) {
      cursors.set(this.#connection.id, open.position)
      return send(this.#connection, { kind: 'at', position })
    }
    if (Math.abs(ourCount - open.count) > differencesMax(ourCount, open.count)) return this.#sendAll()
    const ourNonce = environment.randomBytes(compareNonceBytes)
    const asked = { theirNonce: open.nonce, ourNonce, position, otherSize: open.count }
    this.#answer = new ComparisonAnswer(store.contents(), asked)
    this.#work()
  }

  /**
   * The neighbor sends symbols. Does nothing if this node gave up the search meanwhile.
   *
   * @throws {ProtocolError} when the bytes encode no symbols
   */
  onSymbols({ nonce, chunk }: Extract<CompareMessage, { kind: 'symbols' }>): void {
    const opened = this.#opened
    if (!opened || (nonce === undefined) === (opened.search === undefined)) return
    if (nonce) opened.search = new ComparisonSearch(this.#options.store.contents(), saltOf(opened.nonce, nonce))
    opened.search?.receive(chunk)
    this.#work()
  }

  /** More symbols are wanted. @throws {ProtocolError} */
  onMore(end: number): void {
    this.#answer?.want(end)
    this.#work()
  }

  /** The search of the neighbour is done. */
  onWant(ids: Uint8Array): void {
    const answer = this.#answer
    this.#answer = undefined
    if (answer) this.#deliver(answer.keysOf(ids), answer.position)
  }

  /** The neighbour sends all. If nothing was under way here, it was given up, or is made up. */
  onAll(): void {
    if (this.#isInBulk || (!this.#opened && !this.#answer)) return
    this.#answer = undefined
    this.#isInBulk = true
    this.#deliver('all', this.#options.journal.position)
  }

  /** The neighbour has sent what it owed. */
  onAt(position: Position): void {
    this.#options.cursors.set(this.#connection.id, position)
    this.#settle()
    this.#opened = undefined
    this.#isCatchingUp = false
    this.#isInBulk = false
    this.#options.onSettled(this.#connection)
  }

  /** Gives up what is under way: the neighbour has said nothing for long, or is gone. */
  giveUp(): void {
    this.#cancelWork?.()
    this.#cancelWork = undefined
    this.#opened = undefined
    this.#answer = undefined
    this.#isCatchingUp = false
    this.#isInBulk = false
  }

  /** What came from the neighbour is in the journal, and need not be told it: if nothing else is, it may hear of that. */
  #settle(): void {
    const { journal, newsFrom, stream } = this.#options
    const { position } = journal
    const told = this.#told
    if (told?.position.epoch !== position.epoch || told.position.sequence === position.sequence) return
    if (position.sequence - told.position.sequence !== newsFrom(this.#connection) - told.newsCount) return
    this.#told = undefined
    stream(this.#connection, [], () => ({ kind: 'settled', position }))
  }

  #sendAll(): void {
    this.#isInBulk = true
    this.#options.send(this.#connection, { kind: 'all' })
    this.#deliver('all', this.#options.journal.position)
  }

  /** Sends the records of some keys, and that this was all that was owed. */
  #deliver(keys: ReadonlySet<BinaryString> | 'all', position: Position): void {
    this.#noteTold()
    this.#options.stream(this.#connection, keys, () => ({ kind: 'at', position }))
  }

  /** What has changed was sent, up to a position; undefined: some of it is not known any more. */
  #endTelling(end: Position | undefined): CompareMessage | undefined {
    this.#isTelling = false
    if (!end) {
      this.#options.onJournalLost(this.#connection)
      return undefined
    }
    return { kind: 'at', position: end }
  }

  #noteTold(): void {
    const { journal, newsFrom } = this.#options
    this.#told = { position: journal.position, newsCount: newsFrom(this.#connection) }
  }

  /** Goes on with what is under way, a slice each turn. */
  #work(): void {
    this.#cancelWork ??= this.#options.environment.setTimer(0, () => {
      this.#cancelWork = undefined
      const [isAnswered, isSearched] = [this.#answerStep(), this.#searchStep()]
      if (isAnswered && isSearched) this.#onIdle()
      else this.#work()
    })
  }

  /** Returns whether there is nothing more to do now. */
  #answerStep(): boolean {
    if (!this.#answer?.isAsked) return true
    const symbols = this.#answer.step(new WorkBudget(sliceSteps))
    if (symbols) this.#options.send(this.#connection, { kind: 'symbols', ...symbols })
    return symbols !== undefined
  }

  #searchStep(): boolean {
    const opened = this.#opened
    if (!opened?.search?.hasUnread) return true
    const state = opened.search.step(new WorkBudget(sliceSteps))
    switch (state.kind) {
      case 'working':
        return false
      case 'wanting':
        this.#options.send(this.#connection, { kind: 'more', end: state.end })
        break
      case 'found':
        this.#options.send(this.#connection, { kind: 'want', ids: state.wanted })
        this.#deliver(state.ours, opened.position)
        break
      case 'poisoned':
        this.#options.onPoisoned(this.#connection)
        this.#sendAll()
        break
      case 'hopeless':
        this.#sendAll()
    }
    return true
  }
}
