import type { Environment } from '@ts2p/base'
import type { OwnIdentity } from '@ts2p/protocol'
import type { BinaryString, Persistence } from '@ts2p/store'
import type { Cursors } from '../anti-entropy/cursors.ts'
import { Keeper } from './keeper.ts'
import { keepCursors } from './kept-cursors.ts'
import { openNode } from './kept-node.ts'
import { KeptNodes } from './kept-nodes.ts'
import { encodeTime } from './kept-time.ts'
import type { Node } from '../node.ts'

/**
 * All that keeps a socket over a restart. This module and what it imports are loaded by sockets with a `persistence` only,
 * so that a page that keeps nothing does not load them.
 */
export class Keeping {
  readonly #environment: Environment
  readonly #keeper: Keeper
  /** The nodes known, for the mesh. */
  readonly nodes: KeptNodes = new KeptNodes((bytes) => this.#keeper.keep('nodes', bytes))

  constructor(options: { persistence: Persistence; environment: Environment; report: (sentence: string) => void }) {
    this.#environment = options.environment
    this.#keeper = new Keeper(options)
  }

  /**
   * Makes a node of what is kept, and begins to keep it.
   * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError} @throws {PersistenceInUseError}
   * @throws {PersistenceFailedError}
   */
  open(node: { given: OwnIdentity | undefined; build: (identity: OwnIdentity) => Node }): Promise<Node> {
    return openNode(this.#keeper, { ...node, environment: this.#environment, keptNodes: this.nodes })
  }

  /** A key has changed. */
  touch(key: BinaryString): void {
    this.#keeper.touch(key)
  }

  /** There were neighbours now. */
  noteContact(nowMs: number): void {
    this.#keeper.keep('contact', encodeTime(nowMs))
  }

  /** Keeps cursors as they are now, once what they say is held is durable. */
  keepCursors(cursors: Cursors): Promise<void> {
    return keepCursors(this.#keeper, cursors)
  }

  /** Resolves when all that changed before is durable. @throws {PersistenceFailedError} */
  flush(): Promise<void> {
    return this.#keeper.flush()
  }

  /** @throws {PersistenceFailedError} */
  close(): Promise<void> {
    return this.#keeper.close()
  }
}
