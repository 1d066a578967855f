import type { Connection } from '@ts2p/base'
import type { Change } from '@ts2p/store'

/** More records than this of one neighbour are not passed on as they come: the others are compared with afterwards. */
const relayedMax = 256

/** What of one neighbour's records was news since a comparison with it ended. */
interface News {
  count: number
  /** Some of it was not passed on. */
  isDue: boolean
}

/**
 * Passes on what neighbours have told in comparisons. A little of it goes to all others as it comes. Of much they may have most
 * already: with them this node compares once all has come, which costs what they lack.
 */
export class Relay {
  readonly #send: (changes: readonly Change[], to: readonly Connection[]) => void
  readonly #compare: (connection: Connection) => void
  readonly #news = new Map<Connection, News>()

  constructor(options: {
    send: (changes: readonly Change[], to: readonly Connection[]) => void
    compare: (connection: Connection) => void
  }) {
    this.#send = options.send
    this.#compare = options.compare
  }

  onNeighbour(connection: Connection): void {
    this.#news.set(connection, { count: 0, isDue: false })
  }

  onNeighbourLost(connection: Connection): void {
    const news = this.#news.get(connection)
    this.#news.delete(connection)
    if (news?.isDue) this.#compareWithOthers(connection)
  }

  /** How many records of a neighbour were news since a comparison with it ended. */
  newsFrom(connection: Connection): number {
    return this.#news.get(connection)?.count ?? 0
  }

  /** A neighbour has told news. @param isMuch - Much more is to come. */
  take(from: Connection, changes: readonly Change[], isMuch: boolean): void {
    const news = this.#news.get(from)
    if (!news || changes.length === 0) return
    news.count += changes.length
    if (isMuch || news.count > relayedMax) news.isDue = true
    else this.pass(changes, from)
  }

  /** Passes on what was news here to the other neighbours; they do the same, until it is news to nobody. */
  pass(changes: readonly Change[], from?: Connection): void {
    if (changes.length === 0) return
    const others = this.#others(from).filter((connection) => !connection.isCongested)
    if (others.length > 0) this.#send(changes, others)
  }

  /** A comparison has ended. */
  onSettled(connection: Connection): void {
    const news = this.#news.get(connection)
    if (!news) return
    const { isDue } = news
    news.count = 0
    news.isDue = false
    if (isDue) this.#compareWithOthers(connection)
  }

  #compareWithOthers(connection: Connection): void {
    for (const other of this.#others(connection)) this.#compare(other)
  }

  #others(connection: Connection | undefined): Connection[] {
    return [...this.#news.keys()].filter((other) => other !== connection)
  }
}
