import { lock } from '@ts2p/locks'
import type { Lock } from '@ts2p/locks'
import { identityFromSeed } from '@ts2p/protocol'
import { quickSignatures, settled, SimulatedNetwork, Simulation, simulatedPort as port } from '@ts2p/simulator'
import type { Host } from '@ts2p/simulator'
import { MemoryPersistence, SyncSocket } from '@ts2p/sync'

/** How long each network is watched, and how often all holders are looked at, virtual milliseconds. */
const [watchedMs, sliceMs] = [90_000, 10]
const leaseSeconds = 10
/** Each of a node in a second: that it asks, that it releases, that it crashes, and that it is cut off, where that is wanted. */
const chances = { ask: 0.7, release: 0.25, crash: 0.02, cut: 0.03 } as const
/** How long a node is gone or cut off, at most, milliseconds. */
const awayMsMax = 25_000

/** What became of one network. */
export interface LockOutcome {
  readonly seed: number
  readonly nodes: number
  readonly replicas: number
  /** How often a node got the lock. */
  readonly holders: number
  /** Spans of time in which two had it. */
  readonly overlaps: readonly Overlap[]
}

/** Two had the lock. */
interface Overlap {
  readonly fromMs: number
  readonly ms: number
  /** Whether the two could hear each other when it began. */
  readonly beganLinked: boolean
  /** How long it went on after links led from one to the other. */
  readonly linkedMs: number
  /** Whether it has ended by 'lost' at one of the two. */
  readonly isReported: boolean
}

interface Member {
  readonly name: string
  readonly persistence: MemoryPersistence | undefined
  readonly seed: Uint8Array
  host: Host
  socket: SyncSocket<string, string>
  /** Undefined: it is down. */
  isUp: boolean
  /** Whether it has been linked: an application that asks before has a network of its own. */
  isJoined: boolean
  isAsking: boolean
  held: Lock | undefined
  losses: number
}

/**
 * Nodes contend for a lock, crash and come back, with the state that they had or without. Clocks are right.
 * @param options.isDivided whether nodes are also cut off for a while: then two may have the lock, and hear of it
 */
export async function runLockNetwork(seed: number, options: { readonly isDivided: boolean }): Promise<LockOutcome> {
  const simulation = new Simulation({ seed, ed25519: quickSignatures })
  const { random } = simulation
  const network = new SimulatedNetwork(simulation, { latencyMs: [1, 10 + random.float() * 70] })
  const replicas = random.float() < 0.5 ? 0 : 1
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, 3 + Math.floor(random.float() * 4))
  const members: Member[] = []
  let holders = 0

  async function start(name: string, before: Pick<Member, 'persistence' | 'seed'> | undefined): Promise<Member> {
    const host = simulation.host(name)
    const persistence = before ? before.persistence : random.float() < 0.5 ? new MemoryPersistence() : undefined
    const identitySeed = before?.seed ?? random.bytes(32)
    const socket = new SyncSocket<string, string>({
      ...{ transports: [network.transport(host)], listen: { host: name, port }, environment: host.environment },
      ...{ keyEncoding: 'utf8', valueEncoding: 'utf8', leaseSeconds },
      ...(persistence ? { persistence } : { identity: identityFromSeed(identitySeed, quickSignatures) }),
    })
    for (let turn = 0; turn < 20; turn += 1) {
      await settled()
      simulation.runFor(1)
    }
    await socket.listen()
    return {
      name,
      host,
      socket,
      persistence,
      seed: identitySeed,
      isUp: true,
      isJoined: false,
      isAsking: false,
      held: undefined,
      losses: 0,
    }
  }

  /** Connects to one after the other, as an application does, until one takes it. */
  async function join(member: Member): Promise<void> {
    const { socket } = member
    const isCurrent = (): boolean => member.socket === socket && member.isUp
    while (isCurrent() && !member.isJoined) {
      const others = members.filter((each) => each !== member && each.isUp)
      const other = others[Math.floor(random.float() * others.length)]
      member.isJoined = !other || (await hasConnected(socket, other.name))
    }
  }

  async function ask(member: Member): Promise<void> {
    const { socket, host } = member
    member.isAsking = true
    const held = await lock(socket, 'lock', { environment: host.environment, replicas }).catch(() => undefined)
    // It may have crashed, and be back with another socket.
    if (member.socket !== socket) return
    member.isAsking = false
    member.held = held
    if (!held) return
    holders += 1
    held.on('lost', () => (member.losses += 1))
  }

  for (const name of names) {
    const member = await start(name, undefined)
    members.push(member)
    void join(member)
  }
  simulation.runFor(3000)

  const watch = new OverlapWatch((from, to) => network.canReach(from.host, to.host))
  const returns: { readonly member: Member; readonly atMs: number }[] = []
  let healAtMs: number | undefined
  const startMs = simulation.elapsedMs
  const perSlice = (chance: number): boolean => random.float() < (chance * sliceMs) / 1000
  while (simulation.elapsedMs - startMs < watchedMs) {
    await settled()
    simulation.runFor(sliceMs)
    await settled()
    const now = simulation.elapsedMs
    watch.look(members, now)
    // Two that have the lock are left alone, so that they hear of each other.
    for (const member of members.filter((each) => each.isUp && !watch.isWatching(each))) {
      if (member.held && !member.held.isHeld) member.held = undefined
      if (member.held && perSlice(chances.release)) {
        member.held.release()
        member.held = undefined
      } else if (member.isJoined && !member.held && !member.isAsking && perSlice(chances.ask)) void ask(member)
      if (perSlice(chances.crash) && members.filter(({ isUp }) => isUp).length > 2) {
        network.crash(member.host)
        // As the system closes the files of a process that has ended.
        await member.persistence?.close()
        Object.assign(member, { isUp: false, held: undefined, isAsking: false })
        returns.push({ member, atMs: now + random.float() * awayMsMax })
      }
    }
    for (const due of returns.filter(({ atMs }) => atMs <= now)) {
      returns.splice(returns.indexOf(due), 1)
      Object.assign(due.member, await start(due.member.name, due.member))
      void join(due.member)
    }
    if (!options.isDivided) continue
    if (healAtMs !== undefined && healAtMs <= now) {
      network.heal()
      healAtMs = undefined
    } else if (healAtMs === undefined && perSlice(chances.cut)) {
      const [victim] = members
        .filter(({ isUp }) => isUp)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .slice(Math.floor(random.float() * 2))
      if (victim) {
        network.partition([[victim.host], members.filter((each) => each !== victim).map(({ host }) => host)])
        // A link of TCP loses nothing: it ends, or sends again what was lost.
        network.cut(victim.host)
      }
      healAtMs = now + random.float() * awayMsMax
    }
  }
  for (const member of members.filter(({ isUp }) => isUp)) {
    member.isUp = false
    void member.socket.close()
  }
  simulation.runFor(1000)
  await settled()
  return { seed, nodes: names.length, replicas, holders, overlaps: watch.end(simulation.elapsedMs) }
}

function hasConnected(socket: SyncSocket<string, string>, to: string): Promise<boolean> {
  return socket.connect(to, port).then(
    () => true,
    () => false,
  )
}

/** Watches whether two have the lock. */
class OverlapWatch {
  readonly #canReach: (from: Member, to: Member) => boolean
  readonly #overlaps: Overlap[] = []
  #open:
    | {
        readonly fromMs: number
        readonly beganLinked: boolean
        readonly members: readonly Member[]
        readonly losses: number
        linkedFromMs: number | undefined
      }
    | undefined

  constructor(canReach: (from: Member, to: Member) => boolean) {
    this.#canReach = canReach
  }

  look(members: readonly Member[], nowMs: number): void {
    const holding = members.filter(({ isUp, held }) => isUp && held?.isHeld === true)
    if (holding.length < 2) return this.#close(nowMs)
    const isLinked = areLinked(members, holding, this.#canReach)
    this.#open ??= {
      ...{ fromMs: nowMs, beganLinked: isLinked, members: holding, losses: lossesOf(holding), linkedFromMs: undefined },
    }
    this.#open.linkedFromMs = isLinked ? (this.#open.linkedFromMs ?? nowMs) : undefined
  }

  /** Whether a member is one of two that have the lock. */
  isWatching(member: Member): boolean {
    return this.#open?.members.includes(member) === true
  }

  end(nowMs: number): readonly Overlap[] {
    this.#close(nowMs)
    return this.#overlaps
  }

  #close(nowMs: number): void {
    if (!this.#open) return
    const { fromMs, beganLinked, members, losses, linkedFromMs = nowMs } = this.#open
    const isReported = lossesOf(members) > losses
    this.#overlaps.push({ fromMs, ms: nowMs - fromMs, beganLinked, linkedMs: nowMs - linkedFromMs, isReported })
    this.#open = undefined
  }
}

/** Whether links lead from one to all of the others. */
function areLinked(
  members: readonly Member[],
  some: readonly Member[],
  canReach: (from: Member, to: Member) => boolean,
): boolean {
  const byId = new Map(members.filter(({ isUp }) => isUp).map((member) => [member.socket.id, member]))
  const reached = new Set(some.slice(0, 1))
  for (const member of reached) {
    for (const id of member.socket.routingTable?.keys() ?? []) {
      const next = byId.get(id)
      // A link of which one side knows that it is lost carries nothing.
      if (next?.socket.routingTable?.has(member.socket.id) && canReach(member, next)) reached.add(next)
    }
  }
  return some.every((member) => reached.has(member))
}

function lossesOf(members: readonly Member[]): number {
  return members.reduce((sum, { losses }) => sum + losses, 0)
}
