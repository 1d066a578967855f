import { ClosedError } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import {
  decodeAcknowledgmentReply,
  decodeAcknowledgmentRequest,
  encodeAcknowledgmentReply,
  encodeAcknowledgmentRequest,
  acknowledgmentIdBytes,
  acknowledgmentRecordsMax,
} from '@ts2p/protocol'
import type { NodeId, AcknowledgmentItem } from '@ts2p/protocol'
import { binaryFromBytes, bytesFromBinary } from '@ts2p/store'
import type { BinaryString, Store } from '@ts2p/store'
import { ReplicasMissingError } from '../errors.ts'
import { recordBytesMax } from './record-payload.ts'
import type { SendToNeighbor } from '../sync-channel.ts'

/** Most questions that are held back until this node has sent what it owes. */
const heldBackMax = 256
/** Most bytes of records in one question. */
const questionBytesMax = 64 * 1024
/** Bytes that a record takes in a question besides its key, at most: its id, and the length of the key. */
const recordHeaderBytes = acknowledgmentIdBytes + 5
/** An answer that comes later than this, milliseconds, does not count: the neighbor has been asked again by then. */
const answerMsMax = 60_000
/** Pause until neighbors are asked again, milliseconds: the first one, which doubles each time, and the longest one. */
const askAgainMs = { first: 500, most: 2000 } as const

/** One wait for replicas. */
interface Wait {
  readonly key: BinaryString
  readonly keyBytes: Uint8Array
  readonly replicas: number
  readonly holders: Set<string>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  /** When neighbors are asked again, monotonic milliseconds, and after how long another time. */
  askAt: number
  againMs: number
}

/** A question that was not answered yet. */
interface OpenQuestion {
  readonly connection: Connection
  readonly onAnswer: (held: readonly boolean[]) => void
  /** Whether an answer at this time, monotonic milliseconds, counts. When the link ends, none does. */
  readonly isOpen: (now: number) => boolean
}

/** Asks neighbors whether they hold what this node has written, and answers the same questions of theirs. */
export class Acknowledgments {
  readonly #send: SendToNeighbor
  readonly #neighbors: () => ReadonlyMap<NodeId, Connection>
  readonly #store: Store
  readonly #environment: Environment
  readonly #waits = new Set<Wait>()
  /** Waits to ask for at the end of the tick. */
  #newWaits: Wait[] = []
  /** By their nonces. */
  readonly #open = new Map<number, OpenQuestion>()
  readonly #bytesMax: number
  readonly #owes: (connection: Connection) => boolean
  readonly #flush: () => void
  readonly #whyHeldBack: (timestamp: number) => string | undefined
  /** Questions that are answered once this node has sent what it owes. */
  #heldBack: { readonly from: Connection; readonly nonce: number }[] = []
  #nonce = 0

  /**
   * @param options.owes whether a neighbor is to be sent something first, that is not ready yet
   * @param options.flush sends what was written in this tick
   * @param options.whyHeldBack why neighbors do not count a record with this timestamp yet, if that is known
   */
  constructor(options: {
    send: SendToNeighbor
    neighbors: () => ReadonlyMap<NodeId, Connection>
    limits: { readonly frameBytesMax: number }
    store: Store
    environment: Environment
    owes: (connection: Connection) => boolean
    flush: () => void
    whyHeldBack: (timestamp: number) => string | undefined
  }) {
    this.#whyHeldBack = options.whyHeldBack
    this.#flush = options.flush
    this.#owes = options.owes
    this.#send = options.send
    this.#neighbors = options.neighbors
    this.#bytesMax = Math.min(questionBytesMax, recordBytesMax(options.limits))
    this.#store = options.store
    this.#environment = options.environment
  }

  /** Resolves when `replicas` neighbors hold the record that the key has. @throws {ReplicasMissingError} @throws {ClosedError} */
  replicated(key: BinaryString, { replicas, timeoutMs }: { replicas: number; timeoutMs: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        cancel()
        this.#waits.delete(wait)
        act()
      }
      const cancel = this.#environment.setTimer(timeoutMs, () =>
        wait.reject(
          new ReplicasMissingError({
            ...{ replicas, found: wait.holders.size, timeoutMs },
            reason: this.#whyHeldBack(this.#store.meta(key)?.timestamp ?? 0),
          }),
        ),
      )
      const wait: Wait = {
        ...{ key, keyBytes: bytesFromBinary(key), replicas, holders: new Set(), resolve: () => end(resolve) },
        reject: (error) => end(() => reject(error)),
        ...{ askAt: 0, againMs: askAgainMs.first },
      }
      this.#waits.add(wait)
      if (this.#newWaits.length === 0) this.#environment.defer(() => this.#requestNew())
      this.#newWaits.push(wait)
    })
  }

  /** Asks whether all was taken in that was sent to a neighbor. */
  fence(connection: Connection, onYes: () => void): void {
    this.#sendRequest([], { connection, onAnswer: onYes, isOpen: () => true })
  }

  /** Rejects what waits. */
  close(): void {
    for (const wait of this.#waits) wait.reject(new ClosedError('wait for replicas'))
  }

  /** Asks again, since records may have arrived, or neighbors; and answers what had to wait. */
  checkTimeouts(now: number): void {
    const heldBack = this.#heldBack
    this.#heldBack = []
    for (const { from, nonce } of heldBack) this.#answerFence(from, nonce)
    for (const [nonce, { connection, isOpen }] of this.#open) {
      if (this.#neighbors().get(connection.id) !== connection || !isOpen(now)) this.#open.delete(nonce)
    }
    this.#requestFor([...this.#waits].filter(({ askAt }) => askAt <= now))
  }

  /** A neighbor asks. @throws {ProtocolError} */
  onQuestion(from: Connection, payload: Uint8Array): void {
    const { nonce, records } = decodeAcknowledgmentRequest(payload)
    if (records.length === 0) return this.#answerFence(from, nonce)
    const held = records.map((record) => this.#holds(record))
    this.#send(from, 'acknowledgment-reply', encodeAcknowledgmentReply({ nonce, held }))
  }

  /** A neighbor answers. @throws {ProtocolError} */
  onAnswer(from: Connection, payload: Uint8Array): void {
    const { nonce, held } = decodeAcknowledgmentReply(payload)
    const open = this.#open.get(nonce)
    if (open?.connection !== from) return
    this.#open.delete(nonce)
    open.onAnswer(held)
  }

  /** The answer comes after what was to be sent before. */
  #answerFence(from: Connection, nonce: number): void {
    if (!this.#owes(from)) this.#send(from, 'acknowledgment-reply', encodeAcknowledgmentReply({ nonce, held: [] }))
    else if (this.#heldBack.length < heldBackMax) this.#heldBack.push({ from, nonce })
  }

  /** A lease claim is kept also if another node has the key. The node that made the claim must not take that for a yes. */
  #holds({ key, id }: AcknowledgmentItem): boolean {
    const ofKey = binaryFromBytes(key)
    const ids = this.#store.held.recordIds(ofKey)
    const name = binaryFromBytes(id)
    const counted = this.#store.isLeased(ofKey) ? ids.slice(0, 1) : ids
    return counted.some((each) => each.startsWith(name))
  }

  #requestNew(): void {
    const waits = this.#newWaits
    this.#newWaits = []
    // The question must not overtake what it asks for.
    this.#flush()
    this.#requestFor(waits)
  }

  /** Asks each neighbor for all records at once that it is not known to hold. */
  #requestFor(waits: readonly Wait[]): void {
    if (waits.length === 0) return
    const now = this.#environment.monotonicNow()
    for (const wait of waits) {
      wait.askAt = now + wait.againMs
      wait.againMs = Math.min(2 * wait.againMs, askAgainMs.most)
    }
    for (const connection of this.#neighbors().values()) this.#requestFrom(connection, waits, now)
  }

  #requestFrom(connection: Connection, waits: readonly Wait[], now: number): void {
    let asked: Wait[] = []
    let records: AcknowledgmentItem[] = []
    let bytes = 0
    const send = (): void => {
      const waiting = asked
      if (waiting.length === 0) return
      this.#sendRequest(records, {
        connection,
        onAnswer: (held) => this.#recordReply(connection, waiting, held),
        isOpen: (time) => time < now + answerMsMax && waiting.some((wait) => this.#waits.has(wait)),
      })
      ;[asked, records, bytes] = [[], [], 0]
    }
    for (const wait of waits) {
      // A neighbor that does not take what it is sent cannot have the records. It is asked later.
      if (connection.isCongested) return
      const [id] = this.#store.held.recordIds(wait.key)
      if (id === undefined || wait.holders.has(connection.id) || !this.#waits.has(wait)) continue
      const recordBytes = wait.keyBytes.length + recordHeaderBytes
      // A key that alone is longer has a question to itself: it fits into a frame, as its record does.
      if (records.length === acknowledgmentRecordsMax || bytes + recordBytes > this.#bytesMax) send()
      asked.push(wait)
      records.push({ key: wait.keyBytes, id: bytesFromBinary(id.slice(0, acknowledgmentIdBytes)) })
      bytes += recordBytes
    }
    send()
  }

  #recordReply({ id }: Connection, waits: readonly Wait[], held: readonly boolean[]): void {
    waits.forEach((wait, index) => {
      if (held[index] !== true) return
      wait.holders.add(id)
      if (wait.holders.size >= wait.replicas) wait.resolve()
    })
  }

  #sendRequest(records: readonly AcknowledgmentItem[], question: OpenQuestion): void {
    this.#nonce = (this.#nonce + 1) % 2 ** 32
    this.#open.set(this.#nonce, question)
    this.#send(
      question.connection,
      'acknowledgment-request',
      encodeAcknowledgmentRequest({ nonce: this.#nonce, records }),
    )
  }
}
