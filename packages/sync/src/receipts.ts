import type { Connection, Environment } from '@ts2p/base'
import type { MeshSocket } from '@ts2p/mesh'
import { decodeReceipt, encodeReceipt } from '@ts2p/protocol'
import type { ReceiptMessage } from '@ts2p/protocol'
import { binaryFromBytes, bytesFromBinary } from '@ts2p/store'
import type { BinaryString, Store } from '@ts2p/store'
import { ReplicasMissingError } from './errors.ts'

/** How many questions may wait for their answers; who asked more asks again. */
const heldMax = 256

/** One wait for replicas. */
interface Wait {
  readonly key: BinaryString
  readonly replicas: number
  readonly holders: Set<string>
  /** The nonces of its questions: each neighbour is asked with the same one again. */
  readonly nonces: Map<Connection, number>
  readonly resolve: () => void
}

/** Questions to neighbours whether they hold what this node has sent, and answers to theirs. */
export class Receipts {
  readonly #mesh: MeshSocket
  readonly #store: Store
  readonly #environment: Environment
  readonly #waits = new Set<Wait>()
  /** Open questions by their nonces. A neighbour that does not hold a record says nothing: they are asked anew. */
  readonly #open = new Map<number, { readonly connection: Connection; readonly onYes: () => void }>()
  readonly #isLeased: boolean
  readonly #owes: (connection: Connection) => boolean
  /** Questions that are answered later. */
  #held: { readonly from: Connection; readonly payload: Uint8Array }[] = []
  #nonce = 0

  /**
   * @param options.isLeased whether a record that is held does not count unless the key is its owner's
   * @param options.owes whether a neighbour is to be sent something first, that is not ready yet
   */
  constructor(options: {
    mesh: MeshSocket
    store: Store
    environment: Environment
    isLeased: boolean
    owes: (connection: Connection) => boolean
  }) {
    this.#isLeased = options.isLeased
    this.#owes = options.owes
    this.#mesh = options.mesh
    this.#store = options.store
    this.#environment = options.environment
  }

  /** Resolves when so many neighbours hold the record that the key has. @throws {ReplicasMissingError} */
  replicated(key: BinaryString, { replicas, timeoutMs }: { replicas: number; timeoutMs: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        cancel()
        this.#waits.delete(wait)
        for (const nonce of wait.nonces.values()) this.#open.delete(nonce)
        act()
      }
      const cancel = this.#environment.setTimer(timeoutMs, () =>
        end(() => reject(new ReplicasMissingError({ replicas, found: wait.holders.size, timeoutMs }))),
      )
      const wait: Wait = { key, replicas, holders: new Set(), nonces: new Map(), resolve: () => end(resolve) }
      this.#waits.add(wait)
      this.#askFor(wait)
    })
  }

  /** Asks whether all was taken in that was sent to a neighbour. */
  fence(connection: Connection, onYes: () => void): void {
    this.#ask(connection, { nonce: this.#newNonce(), record: undefined }, onYes)
  }

  /** Asks again, since the record may have arrived since, or neighbours; and answers what had to wait. */
  sweep(): void {
    const held = this.#held
    this.#held = []
    for (const { from, payload } of held) this.onAsk(from, payload)
    for (const [nonce, { connection }] of this.#open) {
      if (this.#mesh.routingTable?.get(connection.id) !== connection) this.#open.delete(nonce)
    }
    for (const wait of this.#waits) this.#askFor(wait)
  }

  onAsk(from: Connection, payload: Uint8Array): void {
    // Who asks is told after what was to be sent before.
    if (!this.#owes(from)) this.#answer(from, payload)
    else if (this.#held.length < heldMax) this.#held.push({ from, payload: Uint8Array.from(payload) })
  }

  #answer(from: Connection, payload: Uint8Array): void {
    const { nonce, record } = decodeReceipt(payload)
    if (!record || this.#holds(record))
      this.#mesh.sendToNeighbour(from, 'receipt', encodeReceipt({ nonce, record: undefined }))
  }

  /** A claim is kept also if another one has the key. Whoever made it must not take that for a yes. */
  #holds({ key, id }: { key: Uint8Array; id: Uint8Array }): boolean {
    const ids = this.#store.held.recordIds(binaryFromBytes(key))
    const name = binaryFromBytes(id)
    return this.#isLeased ? ids[0] === name : ids.includes(name)
  }

  onReceipt(from: Connection, payload: Uint8Array): void {
    const { nonce } = decodeReceipt(payload)
    const open = this.#open.get(nonce)
    if (open?.connection !== from) return
    this.#open.delete(nonce)
    open.onYes()
  }

  #askFor(wait: Wait): void {
    const [id] = this.#store.held.recordIds(wait.key)
    if (id === undefined) return
    const record = { key: bytesFromBinary(wait.key), id: bytesFromBinary(id) }
    for (const connection of this.#mesh.routingTable?.values() ?? []) {
      if (wait.holders.has(connection.id)) continue
      const nonce = wait.nonces.get(connection) ?? this.#newNonce()
      wait.nonces.set(connection, nonce)
      this.#ask(connection, { nonce, record }, () => {
        wait.holders.add(connection.id)
        if (wait.holders.size >= wait.replicas) wait.resolve()
      })
    }
  }

  #newNonce(): number {
    this.#nonce = (this.#nonce + 1) % 2 ** 32
    return this.#nonce
  }

  #ask(connection: Connection, question: ReceiptMessage, onYes: () => void): void {
    this.#open.set(question.nonce, { connection, onYes })
    this.#mesh.sendToNeighbour(connection, 'ask', encodeReceipt(question))
  }
}
