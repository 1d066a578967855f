import type { Acknowledgment, DirectKind } from '@ts2p/protocol'

/** The window: most bytes and messages under way to one target, not counting the message that exceeds it. */
const underWayMax = { bytes: 1024 * 1024, messages: 4096 } as const
/** Most bytes and packets of the messages that share a frame. */
const togetherMax = { bytes: 65_536, packets: 4096 } as const
/** Least size of the window on a congested route, bytes. */
const underWayBytesMin = 65_536
/** By how much messages may overtake each other: a share of the round trip, and at least a time in milliseconds (RACK, RFC 8985, 6.2). */
const reordering = { share: 1 / 4, leastMs: 10 } as const

/** A message to one node. */
export interface OutgoingMessage {
  readonly packets: readonly Uint8Array[]
  readonly bytes: number
  readonly kind: DirectKind
  /** The request of the target that it answers. */
  readonly answers: { readonly epoch: number; readonly sequence: number } | undefined
  readonly onAcknowledged: () => void
  readonly onFailed: (error: Error) => void
}

/** A message with its place in the stream. */
export interface NumberedMessage extends OutgoingMessage {
  readonly sequence: number
  /** When it was sent last, monotonic milliseconds. */
  sentAt: number
  timesSent: number
  isUnderWay: boolean
}

/** What an acknowledgment has brought. */
export interface Acknowledged {
  readonly messages: readonly NumberedMessage[]
  /** Of the message that was sent last among them, if it was sent once; milliseconds. */
  readonly roundTripMs: number | undefined
}

/**
 * The messages to one target that are not acknowledged: those under way, at most a window of them, those to be repeated, and those
 * that wait. A message is lost if one that was sent later has arrived (RACK, RFC 8985), a relay says so, or its time is out.
 */
export class SendWindow {
  /** Names the stream. */
  readonly epoch: number
  #next = 1
  /** Sent at least once, in the order of their sequences. */
  readonly #sent = new Map<number, NumberedMessage>()
  /** Of #sent, those to be sent again, in the order of their sequences. */
  #lost: NumberedMessage[] = []
  /** Not sent yet; of them, #taken are. */
  #waiting: NumberedMessage[] = []
  #taken = 0
  #underWayBytes = 0
  #underWayCount = 0
  readonly #togetherBytesMax: number
  #bytesMax: number = underWayMax.bytes
  /** The time was out: the message that is repeated then may exceed the window. */
  #isTimeOut = false
  /** A relay was congested: nothing is sent before then, and the window is not halved again. */
  #restUntil = Number.NEGATIVE_INFINITY

  /** @param options.payloadBytesMax most bytes of a frame's payload */
  constructor({ epoch, payloadBytesMax }: { readonly epoch: number; readonly payloadBytesMax: number }) {
    this.epoch = epoch
    this.#togetherBytesMax = Math.min(togetherMax.bytes, payloadBytesMax)
  }

  get isEmpty(): boolean {
    return this.#sent.size === 0 && !this.#hasWaiting
  }

  get hasUnderWay(): boolean {
    return this.#underWayCount > 0
  }

  /** Sequence of the next message. */
  get next(): number {
    return this.#next
  }

  /** No message below this sequence will be sent again. */
  get oldest(): number {
    const [oldestSent] = this.#sent.keys()
    return oldestSent ?? this.#waiting[this.#taken]?.sequence ?? this.#next
  }

  /** Nothing is sent before then; monotonic milliseconds. */
  get restUntil(): number {
    return this.#restUntil
  }

  /** Appends a message. @returns its sequence */
  add(message: OutgoingMessage): number {
    const sequence = this.#next
    this.#next += 1
    this.#waiting.push({ ...message, sequence, sentAt: 0, timesSent: 0, isUnderWay: false })
    return sequence
  }

  /** The next messages to be sent together: consecutive, with answers to one stream only; empty if there is no room or nothing to send. */
  nextToSend(now: number): NumberedMessage[] {
    const batch: NumberedMessage[] = []
    let [bytes, packets, answeredEpoch]: [number, number, number | undefined] = [0, 0, undefined]
    for (let message = this.#first(now); message; message = this.#first(now)) {
      const epoch = message.answers?.epoch
      const isTooMuch =
        bytes + message.bytes > this.#togetherBytesMax || packets + message.packets.length > togetherMax.packets
      const isApart = message.sequence !== (batch.at(-1)?.sequence ?? 0) + 1
      const isOtherStream = epoch !== undefined && answeredEpoch !== undefined && epoch !== answeredEpoch
      if (batch.length > 0 && (isTooMuch || isApart || isOtherStream)) break
      bytes += message.bytes
      packets += message.packets.length
      answeredEpoch ??= epoch
      batch.push(message)
      this.#send(message, now)
    }
    return batch
  }

  /** The target has received messages: they are done, and what was sent before them and has not arrived is lost. */
  acknowledge({ upTo, ranges }: Acknowledgment, now: number, roundTripMs: number): Acknowledged {
    const messages: NumberedMessage[] = []
    let [range, latest]: [number, NumberedMessage | undefined] = [0, undefined]
    for (const message of this.#sent.values()) {
      while ((ranges[range]?.last ?? Number.POSITIVE_INFINITY) < message.sequence) range += 1
      const isReceived =
        message.sequence <= upTo || message.sequence >= (ranges[range]?.first ?? Number.POSITIVE_INFINITY)
      if (!isReceived && range >= ranges.length) break
      if (!isReceived) continue
      messages.push(message)
      if (!latest || message.sentAt >= latest.sentAt) latest = message
    }
    for (const message of messages) this.#settle(message)
    if (messages.some(({ isUnderWay }) => !isUnderWay)) {
      this.#lost = this.#lost.filter(({ sequence }) => this.#sent.has(sequence))
    }
    if (!latest) return { messages, roundTripMs: undefined }
    const slack = Math.max(reordering.leastMs, reordering.share * roundTripMs)
    this.#markLostBefore(latest.sentAt - slack)
    return { messages, roundTripMs: latest.timesSent === 1 ? now - latest.sentAt : undefined }
  }

  /** The time of the messages under way is out: the oldest is sent again, to see whether it arrives. */
  markOldestLost(): void {
    for (const message of this.#sent.values()) {
      if (!message.isUnderWay) continue
      this.#isTimeOut = true
      return this.#markLost([message])
    }
  }

  /** The route is lost, and with it all that was under way. */
  markAllLost(): void {
    this.#markLost([...this.#sent.values()].filter(({ isUnderWay }) => isUnderWay))
  }

  /** A relay was congested and has dropped messages: fewer may be under way from now on, and none for a while. */
  onCongested({ first, count }: { first: number; count: number }, now: number, restMs: number): void {
    const dropped = [...this.#sent.values()].filter(
      ({ sequence, isUnderWay }) => isUnderWay && sequence >= first && sequence < first + count,
    )
    this.#markLost(dropped)
    if (dropped.length === 0 || now < this.#restUntil) return
    this.#bytesMax = Math.max(underWayBytesMin, this.#bytesMax / 2)
    this.#restUntil = now + restMs
  }

  /** Gives everything up. @returns what was not acknowledged */
  clear(): NumberedMessage[] {
    const all = [...this.#sent.values(), ...this.#waiting.slice(this.#taken)]
    this.#sent.clear()
    this.#lost = []
    this.#waiting = []
    this.#taken = 0
    this.#underWayBytes = 0
    this.#underWayCount = 0
    return all
  }

  get #hasWaiting(): boolean {
    return this.#taken < this.#waiting.length
  }

  /** What is sent next, if there is room for it. */
  #first(now: number): NumberedMessage | undefined {
    const isFull = this.#underWayBytes >= this.#bytesMax || this.#underWayCount >= underWayMax.messages
    if ((isFull && !this.#isTimeOut) || now < this.#restUntil) return undefined
    return this.#lost[0] ?? this.#waiting[this.#taken]
  }

  #send(message: NumberedMessage, now: number): void {
    if (message.timesSent > 0) this.#lost.shift()
    else {
      this.#sent.set(message.sequence, message)
      this.#taken += 1
      if (this.#taken === this.#waiting.length || this.#taken >= 1024) {
        this.#waiting = this.#waiting.slice(this.#taken)
        this.#taken = 0
      }
    }
    this.#isTimeOut = false
    message.sentAt = now
    message.timesSent += 1
    message.isUnderWay = true
    this.#underWayBytes += message.bytes
    this.#underWayCount += 1
  }

  #settle(message: NumberedMessage): void {
    this.#sent.delete(message.sequence)
    if (!message.isUnderWay) return
    this.#underWayBytes -= message.bytes
    this.#underWayCount -= 1
    // Additive increase, one batch for each window that arrives (RFC 5681, 3.1).
    this.#bytesMax = Math.min(underWayMax.bytes, this.#bytesMax + (togetherMax.bytes * message.bytes) / this.#bytesMax)
  }

  #markLostBefore(time: number): void {
    const lost: NumberedMessage[] = []
    for (const message of this.#sent.values()) {
      // First copies leave in the order of their sequences.
      if (message.timesSent === 1 && message.sentAt >= time) break
      if (message.isUnderWay && message.sentAt < time) lost.push(message)
    }
    this.#markLost(lost)
  }

  #markLost(messages: readonly NumberedMessage[]): void {
    if (messages.length === 0) return
    for (const message of messages) {
      message.isUnderWay = false
      this.#underWayBytes -= message.bytes
      this.#underWayCount -= 1
    }
    this.#lost = [...this.#lost, ...messages].toSorted((a, b) => a.sequence - b.sequence)
  }
}
