import type { ReconciliationMessage } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import type { Change } from '@ts2p/store'
import { expect, test } from 'vitest'
import { step } from '../src/anti-entropy/reconciliation-session.ts'
import { idleSession } from '../src/anti-entropy/session-state.ts'
import type { SessionInput, SessionState } from '../src/anti-entropy/session-state.ts'
import { Journal } from '../src/replication/journal.ts'

const startMs = 1_800_000_000_000
const endsPerSecond = 100
/** For how long keys are set, and the shortest and the longest lease, seconds: for about a minute keys of all lengths end. */
const [setSeconds, leaseSecondsMin, leaseSecondsMax] = [120, 100, 140]
/** By how much the clock of the second node is ahead. Readers correct half of it: the difference to their one neighbor, at most 30 s. */
const apartMs = 30_000
/** Virtual time of one step; a message takes one. */
const tickMs = 250

/** A node: its store, its clock, and its session with the other one. */
class Node {
  readonly store: Store
  readonly journal = new Journal(() => 1)
  readonly #aheadMs: number
  session: SessionState = idleSession
  outbox: ReconciliationMessage[] = []
  /** Whether something but the digest was sent since the last `open`. */
  hasSentMore = false

  constructor(id: number, aheadMs: number) {
    const owner = new Uint8Array(32).fill(id)
    this.store = new Store({ owner, leaseSeconds: leaseSecondsMax, leaseSecondsMax })
    this.#aheadMs = aheadMs
  }

  set(key: string, leaseSeconds: number, nowMs: number): Change {
    return this.store.set(key, '', nowMs + this.#aheadMs, { leaseSeconds, ephemeral: true })
  }

  receive(change: Change, nowMs: number): void {
    for (const record of change.records) this.store.apply(record, nowMs + this.#aheadMs)
  }

  /** What a node does twice a second. @returns how many keys ended */
  runMaintenance(nowMs: number): number {
    const ended = this.store.endEphemeral(nowMs + apartMs)
    this.store.dropGarbage(nowMs + this.#aheadMs)
    return ended.length
  }

  step(input: SessionInput, nowMs: number): void {
    const { store, journal } = this
    const local = { store, journal, now: () => nowMs + this.#aheadMs, drawNonce: () => new Uint8Array(8) }
    const [session, effects] = step(this.session, input, local)
    this.session = session
    for (const effect of effects) {
      if (effect.kind === 'send') this.outbox.push(effect.message)
      if (effect.kind === 'open-again') this.step({ kind: 'open' }, nowMs)
      this.hasSentMore ||= effect.kind === 'work' || effect.kind === 'stream'
    }
  }
}

test('of two nodes with clocks 30 s apart, while 100 ephemeral keys end each second, 99 % of comparisons end at the digest', () => {
  const nodes = [new Node(1, 0), new Node(2, apartMs)] as const
  let [nowMs, comparisons, atDigest, ends, dropped, atFullRate] = [startMs, 0, 0, 0, 0, 0]
  const runMaintenance = (): void => {
    nowMs += tickMs
    const [first, second] = nodes
    // One checks between the steps of the other.
    const before = first.store.recordCount
    ends += nowMs % 500 === 0 ? first.runMaintenance(nowMs) : 0
    if (nowMs % 500 !== 0) second.runMaintenance(nowMs)
    dropped += before - first.store.recordCount
  }
  for (let second = 0; second < setSeconds; second += 1) {
    for (let index = 0; index < endsPerSecond; index += 1) {
      // Keys of the node whose clock is ahead end later.
      const [writer, reader] = index % 2 === 0 ? nodes : [nodes[1], nodes[0]]
      const leaseSeconds = leaseSecondsMin + (index % (leaseSecondsMax - leaseSecondsMin + 1))
      reader.receive(writer.set(`key ${second} ${index}`, leaseSeconds, nowMs), nowMs)
    }
    for (let tick = 0; tick < 4; tick += 1) runMaintenance()
  }
  // Until all have ended and are dropped on both.
  while (nodes.some(({ store }) => store.recordCount > 0)) {
    const [opener, other] = comparisons % 2 === 0 ? nodes : [nodes[1], nodes[0]]
    for (const node of nodes) node.hasSentMore = false
    const endsBefore = ends
    opener.step({ kind: 'open' }, nowMs)
    for (let tick = 0; tick < 4; tick += 1) {
      const sent = nodes.map(({ outbox }) => outbox.splice(0))
      runMaintenance()
      for (const message of sent[0] ?? []) nodes[1].step({ kind: 'message', message }, nowMs)
      for (const message of sent[1] ?? []) nodes[0].step({ kind: 'message', message }, nowMs)
    }
    comparisons += 1
    if (ends - endsBefore >= endsPerSecond) atFullRate += 1
    const hasEnded = opener.session.opened === undefined && other.session.answer === undefined
    if (hasEnded && !nodes.some(({ hasSentMore }) => hasSentMore)) atDigest += 1
    for (const node of nodes) node.step({ kind: 'give-up' }, nowMs)
  }
  expect([ends, dropped]).toEqual([setSeconds * endsPerSecond, setSeconds * endsPerSecond])
  expect(comparisons).toBeGreaterThan(200)
  expect(atFullRate).toBeGreaterThan(30)
  expect(atDigest / comparisons).toBeGreaterThanOrEqual(0.99)
})
