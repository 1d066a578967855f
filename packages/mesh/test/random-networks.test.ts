import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { createNetwork, port, settled, startNode, textOf } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

// Networks in which anything happens: nodes die and start, links break, the network is divided, nodes stop reading; and all speak meanwhile.
// TS2P_FULL=1, or TS2P_MESH_SEEDS=1000 and TS2P_MESH_SEED=1, runs more of them, or others.

const firstSeed = Number(process.env['TS2P_MESH_SEED'] ?? 1)
const seeds = Number(process.env['TS2P_MESH_SEEDS'] ?? scaled(8, 40))
const [steps, residentsMin, residentsMax] = [40, 5, 16]
/** How long it takes at most to be a member, and to be whole again, milliseconds. */
const [joinMs, healMs] = [10_000, 120_000]

interface Resident extends Node {
  /** How often it heard what. */
  readonly heard: Map<string, number>
  readonly bornAt: number
  isDead: boolean
}

interface Spoken {
  readonly text: string
  readonly speaker: Resident
  readonly at: number
}

class RandomNetwork {
  readonly residents: Resident[] = []
  readonly spoken: Spoken[] = []
  /** Promises of the living that have not come to anything. */
  readonly open = new Map<string, Resident>()
  readonly #network: ReturnType<typeof createNetwork>
  readonly #stalled = new Set<Resident>()
  #asked = 0

  constructor(seed: number) {
    this.#network = createNetwork(seed, { latencyMs: [1, 80] })
  }

  get living(): Resident[] {
    return this.residents.filter(({ isDead }) => !isDead)
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      this.#network.simulation.runFor(Math.min(250, ms - passed))
      await settled()
    }
  }

  speak(speaker: Resident, count = 1): void {
    for (let index = 0; index < count; index++) {
      const text = `${speaker.name} says ${this.spoken.length}`
      this.spoken.push({ text, speaker, at: this.#network.simulation.elapsedMs })
      speaker.socket.send([text])
    }
  }

  async start(): Promise<void> {
    const node = await startNode(this.#network, `n${this.residents.length}`)
    const bornAt = this.#network.simulation.elapsedMs
    const resident: Resident = { ...node, heard: new Map<string, number>(), bornAt, isDead: false }
    node.socket.registerHandler((message) => {
      const text = textOf(message)
      resident.heard.set(text, (resident.heard.get(text) ?? 0) + 1)
      if (message.type === 'request') void message.reply([`answer to ${text}`]).catch(() => undefined)
      return true
    })
    const listeners = this.#random.shuffle(this.living)
    this.residents.push(resident)
    for (const door of listeners.slice(0, 2)) this.#join(resident, door)
  }

  async step(): Promise<void> {
    const random = this.#random
    const one = random.pick(this.living)
    const actions: (() => unknown)[] = [
      () => this.living.length < residentsMax && this.start(),
      () => this.#crash(one),
      () => this.#divide(),
      () => this.#network.heal(),
      () => this.#network.heal(),
      () => this.#network.cut(one.host),
      () => this.#stall(one, !this.#stalled.has(one)),
      () => this.#ask(one, random.pick(this.residents)),
      ...[1, 2, 3].map(() => () => this.speak(one, random.integer(1, 20))),
    ]
    await random.pick(actions)()
    await this.pass(random.integer(0, 3000))
  }

  /** Everything is well again, for so long. */
  async calm(ms: number): Promise<void> {
    this.#network.heal()
    for (const each of this.#stalled) this.#stall(each, false)
    await this.pass(ms)
  }

  get #random() {
    return this.#network.simulation.random
  }

  /** By this one; who is refused, or cannot reach it, is told, and asks another. */
  #join(resident: Resident, door: Resident): void {
    resident.socket.connect(door.name, port).catch(() => {
      if (!resident.isDead) this.#join(resident, this.#random.pick(this.living.filter((each) => each !== resident)))
    })
  }

  #crash(one: Resident): void {
    if (this.living.length <= residentsMin) return
    one.isDead = true
    this.#stalled.delete(one)
    this.#network.crash(one.host)
  }

  /** Into up to three parts. Links break with it, since bytes under way do not get lost on a link that lasts: TCP sends them again. */
  #divide(): void {
    const parts: Node['host'][][] = [[], [], []]
    for (const { host } of this.living) this.#random.pick(parts).push(host)
    this.#network.partition(parts)
    for (const { host } of this.living) this.#network.cut(host)
  }

  #stall(one: Resident, isStalled: boolean): void {
    if (isStalled) this.#stalled.add(one)
    else this.#stalled.delete(one)
    this.#network.stall(one.host, isStalled)
  }

  #ask(one: Resident, other: Resident): void {
    if (one === other) return
    const text = `${one.name} asks ${(this.#asked += 1)}`
    this.#watch(text, one, one.socket.request(other.socket.id, [text]))
    this.#watch(`${text} again`, one, one.socket.sendTo(other.socket.id, [`${text} again`]))
  }

  #watch(what: string, by: Resident, promise: Promise<unknown>): void {
    this.open.set(what, by)
    void promise.catch(() => undefined).finally(() => this.open.delete(what))
  }
}

test.each(Array.from({ length: seeds }, (_, index) => firstSeed + index))('anything happens, seed %i', async (seed) => {
  const world = new RandomNetwork(seed)
  for (let index = 0; index <= residentsMin; index++) await world.start()
  await world.pass(joinMs)
  for (let step = 0; step < steps; step++) await world.step()
  await world.calm(healMs)

  const { living, residents, spoken } = world
  for (const { name, heard } of residents) {
    expect([...heard].filter(([, times]) => times > 1).flat(), `${name} heard twice`).toEqual([])
  }
  for (const each of living) {
    const due = spoken.filter(({ speaker, at }) => !speaker.isDead && speaker !== each && each.bornAt + joinMs < at)
    expect(
      due.filter(({ text }) => !each.heard.has(text)).map(({ text }) => text),
      `${each.name} missed`,
    ).toEqual([])
  }
  expect(
    [...world.open].filter(([, by]) => !by.isDead).map(([what]) => what),
    'open promises',
  ).toEqual([])

  const count = spoken.length
  for (const each of living) world.speak(each)
  await world.pass(5000)
  for (const each of living) {
    const missed = spoken.slice(count).filter(({ speaker, text }) => speaker !== each && !each.heard.has(text))
    expect(
      missed.map(({ text }) => text),
      `${each.name} does not hear`,
    ).toEqual([])
    expect(each.socket.metrics().coreLinks).toBeLessThanOrEqual(10)
  }
})
