import type { Connection, Environment } from '@ts2p/base'
import { openEnd } from '@ts2p/protocol'
import type { NodeId, Wanted } from '@ts2p/protocol'
import { copyOf } from './kept-floods.ts'
import type { KeptFlood, Origin, Origins, PassingFlood } from './origins.ts'
import { graft } from './tree.ts'

/** Bytes after which an answer ends, so that it does not hold up the link. A neighbor that wants the rest asks again. */
const pieceBytes = 1024 * 1024

/** Sends neighbors the kept floods that they ask for. */
export class Repairs {
  readonly #environment: Environment
  readonly #origins: Origins<Connection>
  readonly #send: (link: Connection, flood: PassingFlood) => void

  constructor(options: {
    environment: Environment
    origins: Origins<Connection>
    send: (link: Connection, flood: PassingFlood) => void
  }) {
    this.#environment = options.environment
    this.#origins = options.origins
    this.#send = options.send
  }

  /** A neighbor wants messages. */
  onWanted(from: Connection, { stretches, ageMsMax, isEverything }: Wanted): void {
    // When a congested neighbor takes data again, this node announces the messages anew, and the neighbor asks again.
    if (from.isCongested) return
    if (isEverything) for (const origin of this.#origins) if (origin.parent !== from) graft(origin, from)
    const since = this.#environment.monotonicNow() - ageMsMax
    let bytes = 0
    for (const { origin: hash, epoch, first, last } of stretches) {
      const origin = this.#origins.find(hash, epoch)
      if (!origin) continue
      if (last === openEnd) graft(origin, from)
      origin.missedFrom.delete(from)
      for (const flood of origin.kept.values()) {
        if (flood.last < first || flood.first > last || flood.receivedAt < since) continue
        if (bytes >= pieceBytes) {
          origin.missedFrom.set(from, flood.first)
          break
        }
        bytes += flood.payload.length
        this.#send(from, copyOf(flood))
      }
    }
  }
}

/**
 * Which neighbors have missed a flood that is no longer kept, and of how many broadcasts that makes. What the dictionary has sent is not
 * counted: neighbors are sent what its keys hold instead.
 */
export function lostWith(
  { missedFrom }: Origin<Connection>,
  { flag, first, last }: KeptFlood,
): { readonly neighbors: readonly NodeId[]; readonly count: number } {
  const behind = [...missedFrom].filter(([, from]) => last >= from)
  return { neighbors: flag === 'broadcast' ? behind.map(([{ id }]) => id) : [], count: last - first + 1 }
}
