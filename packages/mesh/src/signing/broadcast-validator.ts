import type { Connection, Environment } from '@ts2p/base'
import { ProtocolError } from '@ts2p/protocol'
import type { Broadcast, BroadcastHeader, NodeId } from '@ts2p/protocol'
import { networkNow } from '../broadcast/network-clock.ts'
import type { Source, Sources } from '../broadcast/sources.ts'
import { costs, messageWork } from '../messages/processing-costs.ts'
import type { SourceBudgets } from '../quotas/source-budgets.ts'
import { freshMs } from './signer.ts'
import type { MessageProof, Signer } from './signer.ts'

/** How long after a message of a source was dropped because it is over its budget it may be asked for, milliseconds. */
const retryMs = 2000

/** A broadcast that is taken. */
export interface ValidBroadcast {
  /** Undefined where messages are not signed. */
  readonly proof: MessageProof | undefined
}

/** A broadcast that is not taken now, since its source is over its budget. */
export interface PostponedBroadcast {
  /** When it may be asked for, monotonic milliseconds. */
  readonly retryAt: number
}

/**
 * Decides whether a broadcast is taken that has not come before: it costs its source something, and it is verified before anything is believed
 * of it. What is not taken is reported.
 */
export class BroadcastValidator {
  readonly #signer: Signer | undefined
  readonly #budgets: SourceBudgets<Connection>
  readonly #sources: Sources<Connection>
  readonly #environment: Environment
  readonly #links: () => ReadonlyMap<NodeId, Connection>
  readonly #report: (code: string, sentence: string) => void

  constructor(options: {
    /** Undefined where messages are not signed. */
    signer: Signer | undefined
    budgets: SourceBudgets<Connection>
    sources: Sources<Connection>
    environment: Environment
    links: () => ReadonlyMap<NodeId, Connection>
    report: (code: string, sentence: string) => void
  }) {
    this.#signer = options.signer
    this.#budgets = options.budgets
    this.#sources = options.sources
    this.#environment = options.environment
    this.#links = options.links
    this.#report = options.report
  }

  /**
   * @param header the flag and the channel with which the broadcast has come
   * @param known its source, if messages of that have come, or neighbors have named it
   * @throws {ProtocolError} Its source has not signed it, so that no honest neighbor passes it on.
   */
  admit(
    broadcast: Broadcast,
    header: Pick<BroadcastHeader, 'flag' | 'channel'>,
    { known, from }: { known: Source<Connection> | undefined; from: Connection },
  ): ValidBroadcast | PostponedBroadcast | undefined {
    const now = this.#environment.monotonicNow()
    const isFirst = !known?.hasDelivered
    // Before the id, which takes longer to spell than the rest of dropping a message.
    if (isFirst && !this.#hasRoomFor(from, now)) return undefined
    const source = this.#sources.idOfKey(broadcast.id.source)
    if (!this.#budgets.hasRoom(source, from, now)) return this.#postpone(source, from, now)
    // Nobody asks for what was sent before the first message that came.
    const isBefore = isFirst || broadcast.id.sequence < known.received.lowest
    if (isBefore && !this.#isFresh(broadcast, source, from)) return undefined
    const proof = this.#signer?.verify(broadcast, header)
    if (this.#signer && !proof) throw new ProtocolError('broadcast.signature: not of its source')
    if (!this.#signer && broadcast.signature)
      throw new ProtocolError('broadcast.signature: in a network without signatures')
    this.#budgets.charge(source, from, now, messageWork(broadcast))
    return { proof }
  }

  onUnlink(link: Connection): void {
    this.#budgets.onUnlink(link, this.#environment.monotonicNow())
  }

  /**
   * Whether a message was sent lately that may be of the time before this node joined, or of an earlier run of its source: else a liar may be
   * repeating it. What comes from the source itself is not repeated.
   */
  #isFresh({ time }: Broadcast, source: NodeId, from: Connection): boolean {
    if (!this.#signer || source === from.id) return true
    const ageMs = networkNow(this.#environment, this.#links().values()) - time
    if (Math.abs(ageMs) <= freshMs) return true
    this.#report(
      'stale-broadcast',
      `The node ${from.id} brings a broadcast of ${source} that is ${Math.round(ageMs / 1000)} s old, and was sent before all others of that node that came: it is dropped, since it may be a repetition. Compare the clocks of the nodes.`,
    )
    return false
  }

  #hasRoomFor(from: Connection, now: number): boolean {
    if (this.#sources.hasRoomFor(from, now)) return true
    from.charge(costs.dropped)
    this.#report(
      'too-many-sources',
      `The node ${from.id} brings messages of too many nodes that were not heard of before: they are dropped for now.`,
    )
    return false
  }

  #postpone(source: NodeId, from: Connection, now: number): PostponedBroadcast {
    from.charge(costs.dropped)
    this.#report(
      'source-over-budget',
      `The node ${source} sends more than limits.workPerSecond allows, or the new nodes do whose messages come by ${from.id}: its messages are dropped, and fetched later if neighbors still keep them. Send fewer and longer messages, or raise the limit on all nodes.`,
    )
    return { retryAt: now + retryMs }
  }
}
