import type { NodeSetup } from './conversation.ts'
import type { Narrator } from './narrator.ts'
import { RemoteNode } from './remote-node.ts'

/** The network's name, and how long its leases last, seconds. */
const subnet = 'ts2p demo'
export const leaseSeconds = 4

/** A node with what the director knows of it. */
export interface Player {
  readonly node: RemoteNode
  readonly id: string
  readonly ports: Readonly<Record<string, number>>
}

/** Everyone on stage, by name. */
export class Stage {
  readonly narrator: Narrator
  readonly #players = new Map<string, Player>()

  constructor(narrator: Narrator) {
    this.narrator = narrator
  }

  get players(): readonly Player[] {
    return [...this.#players.values()]
  }

  player(name: string): Player {
    const player = this.#players.get(name)
    if (!player) throw new Error(`${name} is not on stage.`)
    return player
  }

  /** Everyone but these. */
  othersThan(...names: readonly string[]): readonly Player[] {
    return this.players.filter(({ node }) => !names.includes(node.name))
  }

  /** The name of the node with an id. */
  nameOf(id: string): string {
    return this.players.find((player) => player.id === id)?.node.name ?? `${id.slice(0, 8)}…`
  }

  /** Starts a node in a process of its own. */
  async enter(name: string, setup: Partial<NodeSetup> = {}): Promise<Player> {
    const player = await RemoteNode.start({ name, transport: 'tcp', subnet, leaseSeconds, ...setup })
    this.#players.set(name, player)
    return player
  }

  /** A node that has left is spoken of no more. */
  leave(name: string): void {
    this.#players.delete(name)
  }

  /** Ends every process, whatever it is doing. */
  async clear(): Promise<void> {
    await Promise.all(this.players.map(({ node }) => node.kill()))
  }
}
