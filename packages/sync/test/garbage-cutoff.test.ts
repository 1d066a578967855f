import { encodeReconciliation } from '@ts2p/protocol'
import type { ReconciliationMessage } from '@ts2p/protocol'
import { Store } from '@ts2p/store'
import type { StoreRecord } from '@ts2p/store'
import { expect, test } from 'vitest'
import { step } from '../src/anti-entropy/reconciliation-session.ts'
import { idleSession } from '../src/anti-entropy/session-state.ts'
import type { SessionInput, SessionState } from '../src/anti-entropy/session-state.ts'
import { Journal } from '../src/replication/journal.ts'
import { neighborMessage, startLiar } from './liar.test-helper.ts'
import { createNetwork, startNode } from './network.test-helper.ts'

/** The beginning of a whole minute, and a time in it. */
const minute = 1_800_000_000
const startMs = minute * 1000 + 30_000
const hourSeconds = 3600
const elsewhere = { epoch: 1, sequence: 0 }

/** A node that holds ephemeral keys, has a session with a neighbor, and says of its garbage what a test has it say. */
class Node {
  readonly store: Store
  readonly journal = new Journal(() => 1)
  readonly effects: string[] = []
  readonly outbox: (ReconciliationMessage | readonly StoreRecord[])[] = []
  session: SessionState = idleSession
  /** By how much the cutoff that it says is ahead of the time, seconds; undefined: it says its own. */
  saysAhead: number | undefined

  constructor(id: number, keys: readonly string[]) {
    this.store = new Store({ owner: new Uint8Array(32).fill(id), leaseSeconds: 60, leaseSecondsMax: 60 })
    for (const key of keys) this.store.set(key, '', startMs, { leaseSeconds: 60, ephemeral: true })
  }

  receive(sent: ReconciliationMessage | readonly StoreRecord[]): void {
    if ('kind' in sent) return this.step({ kind: 'message', message: sent })
    for (const record of sent) this.store.apply(record, startMs)
  }

  step(input: SessionInput): void {
    const { store, journal } = this
    const local = { store, journal, now: () => startMs, drawNonce: () => new Uint8Array(8) }
    const [session, effects] = step(this.session, input, local)
    this.session = session
    for (const effect of effects) {
      this.effects.push(effect.kind)
      if (effect.kind === 'send') this.outbox.push(this.#asSaid(effect.message))
      if (effect.kind === 'work') this.step({ kind: 'work', steps: Number.POSITIVE_INFINITY })
      if (effect.kind === 'open-again' || effect.kind === 'journal-lost') this.step({ kind: 'open' })
      if (effect.kind !== 'stream') continue
      const { keys } = effect
      const streamed = 'allBut' in keys ? store.recordIdsOf(keys.allBut).keys : keys
      this.outbox.push(
        [...streamed].flatMap((key) => store.held.advertisedRecordsOf(key)),
        effect.last,
      )
    }
  }

  #asSaid(message: ReconciliationMessage): ReconciliationMessage {
    const isChanged = this.saysAhead !== undefined && (message.kind === 'open' || message.kind === 'incomplete')
    return isChanged ? { ...message, garbageBefore: minute + (this.saysAhead ?? 0) } : message
  }
}

const namesOf = (prefix: string): string[] => Array.from({ length: 20 }, (_, index) => `${prefix} ${index}`)

/** Two nodes, each with keys that the other lacks. The second one says a cutoff that is ahead. */
function pair(saysAhead: number): [Node, Node] {
  const nodes: [Node, Node] = [new Node(1, namesOf('first')), new Node(2, namesOf('second'))]
  nodes[1].saysAhead = saysAhead
  return nodes
}

function exchange([one, other]: readonly [Node, Node]): void {
  for (let turn = 0; turn < 20; turn += 1) {
    for (const sent of one.outbox.splice(0)) other.receive(sent)
    for (const sent of other.outbox.splice(0)) one.receive(sent)
  }
}

test('a neighbor opens with a cutoff an hour ahead: the comparison finds the missing ephemeral keys', () => {
  const nodes = pair(hourSeconds)
  nodes[1].step({ kind: 'open' })
  exchange(nodes)
  expect(nodes.map(({ store }) => [...store.keys()].length)).toEqual([40, 40])
  expect(nodes[0].effects.filter((kind) => kind === 'cutoff-too-far-ahead')).toHaveLength(1)
  expect(nodes[0].session.neighborCut.garbageBefore).toBe(0)
})

test('a neighbor answers an open with a cutoff an hour ahead: it is asked to open, and the keys are found', () => {
  const nodes = pair(hourSeconds)
  nodes[0].step({ kind: 'open' })
  const [opening] = nodes[0].outbox.splice(0)
  expect(opening).toMatchObject({ kind: 'open', garbageBefore: 0 })
  const incomplete = { kind: 'incomplete', completeSince: 0, garbageBefore: minute + hourSeconds } as const
  nodes[0].receive(incomplete)
  expect(nodes[0].session.opened).toBeUndefined()
  expect(nodes[0].outbox).toMatchObject([{ kind: 'since' }])
  exchange(nodes)
  expect(nodes.map(({ store }) => [...store.keys()].length)).toEqual([40, 40])
  expect(nodes[0].effects).toContain('cutoff-too-far-ahead')
})

test.each([
  [60, minute + 60, 0],
  [120, 0, 1],
])('a cutoff %i s ahead of the own minute', (saysAhead, garbageBefore, reports) => {
  const nodes = pair(saysAhead)
  nodes[1].step({ kind: 'open' })
  exchange(nodes)
  expect(nodes[0].session.neighborCut.garbageBefore).toBe(garbageBefore)
  expect(nodes[0].effects.filter((kind) => kind === 'cutoff-too-far-ahead')).toHaveLength(reports)
})

test('a cutoff too far ahead is reported, once per link', async () => {
  const network = createNetwork(1)
  const { host, socket } = await startNode(network, 'node')
  const liar = await startLiar(network, 'node')
  for (let count = 0; count < 3; count += 1) {
    const garbageBefore = Math.floor(host.environment.now() / 1000) + hourSeconds
    const opening: ReconciliationMessage = {
      ...{ kind: 'open', position: elsewhere, count: 0, root: new Uint8Array(16), nonce: new Uint8Array(8) },
      ...{ completeSince: 0, garbageBefore, isFull: false },
    }
    liar.connection.send(neighborMessage('reconciliation', encodeReconciliation(opening)))
    network.simulation.runFor(5000)
  }
  const issues = socket.issues.filter(({ code }) => code === 'cutoff-too-far-ahead')
  expect(issues).toMatchObject([{ count: 1 }])
  expect(issues[0]?.message).toContain(liar.identity.id)
})
