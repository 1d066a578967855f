import type { Connection } from '@ts2p/base'
import type { Change, StoreRecord } from '@ts2p/store'

/** If a neighbor brings more news than this number of records, the node reconciles with the others afterwards instead of forwarding. */
const forwardedMax = 256

type SendRecords = (records: Iterable<StoreRecord>, to: readonly Connection[]) => void

/** The records of changes that were not replaced meanwhile. */
function* recordsOf(changes: readonly Change[]): Generator<StoreRecord, void, undefined> {
  for (const { latestRecords } of changes) yield* latestRecords
}

/** What one neighbor has brought since the last reconciliation with it ended. */
interface News {
  count: number
  /** Some of it was not forwarded. */
  isDue: boolean
}

/**
 * Decides how the other neighbors get the news that one neighbor has sent to this node. Forwards a few records at once. After many
 * records, names the neighbors to reconcile with, because they may already hold most of them.
 */
export class Forwarder {
  readonly #send: SendRecords
  readonly #news = new Map<Connection, News>()

  constructor(options: { send: SendRecords }) {
    this.#send = options.send
  }

  onNeighbor(connection: Connection): void {
    this.#news.set(connection, { count: 0, isDue: false })
  }

  /** Returns the neighbors to reconcile with: they lack what the lost neighbor has brought. */
  onNeighborLost(connection: Connection): readonly Connection[] {
    const news = this.#news.get(connection)
    this.#news.delete(connection)
    return news?.isDue ? this.#others(connection) : []
  }

  /** Forwards what a neighbor has sent, if it is little. @param isInBulk - The neighbor sends everything. */
  onNews(from: Connection, changes: readonly Change[], isInBulk: boolean): void {
    const news = this.#news.get(from)
    if (!news || changes.length === 0) return
    news.count += changes.length
    if (isInBulk || news.count > forwardedMax) news.isDue = true
    else this.forward(changes, from)
  }

  /** Sends changes to the other neighbors, which do the same with what is news to them. */
  forward(changes: readonly Change[], from?: Connection): void {
    const others = this.#targets(from)
    if (changes.length > 0 && others.length > 0) this.#send(recordsOf(changes), others)
  }

  /** Sends the other neighbors records that do not count here yet. */
  forwardEarly(records: readonly StoreRecord[], from: Connection): void {
    const others = this.#targets(from)
    if (records.length > 0 && others.length > 0) this.#send(records, others)
  }

  /** A neighbor has sent all that it owed. Returns the neighbors to reconcile with: they lack what it has brought. */
  onSettled(connection: Connection): readonly Connection[] {
    const news = this.#news.get(connection)
    if (!news) return []
    const { isDue } = news
    news.count = 0
    news.isDue = false
    return isDue ? this.#others(connection) : []
  }

  /** The other neighbors whose links take more. */
  #targets(from: Connection | undefined): Connection[] {
    return this.#others(from).filter((connection) => !connection.isCongested)
  }

  #others(connection: Connection | undefined): Connection[] {
    return [...this.#news.keys()].filter((other) => other !== connection)
  }
}
