import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import { binaryFromBytes } from '@ts2p/store'
import type { BinaryString } from '@ts2p/store'
import { Journal } from '../replication/journal.ts'
import { endChanges, step } from './reconciliation-session.ts'
import { idleSession } from './session-state.ts'
import type { LocalView, SessionEffect, SessionInput, SessionState } from './session-state.ts'

/** What one side sends to the other. */
export type Sent =
  | ReconciliationMessage
  | { readonly kind: 'records'; readonly records: readonly (readonly [string, number])[] }

/** Pseudorandom integers from 0 up to, not including, a limit. The same seed gives the same numbers. */
export type Random = (limit: number) => number

export function randomOf(seed: number): Random {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** One side of a session: versions of keys, a journal, and everything that the session has wanted done. */
export class Side {
  readonly journal: Journal
  readonly versions = new Map<BinaryString, number>()
  readonly effects: SessionEffect['kind'][] = []
  /** What waits for the other side to read it. */
  readonly outbox: Sent[] = []
  state: SessionState = idleSession
  cursor: JournalPosition | undefined
  isWorkDue = false
  readonly #local: LocalView
  readonly #sliceSteps: number
  #nonces = 0

  constructor(epoch: number, sliceSteps = 20_000) {
    this.#sliceSteps = sliceSteps
    this.journal = new Journal(() => epoch)
    this.#local = {
      store: {
        summaryOf: () => ({ count: this.versions.size, root: this.#root() }),
        completeSince: 0,
        garbageBefore: 0,
        isFull: false,
        recordIdsOf: () => ({ ids: [...this.versions].map(idOf), keys: [...this.versions.keys()] }),
      },
      journal: this.journal,
      now: () => 0,
      drawNonce: () => sha256(utf8ToBytes(`${epoch} ${this.#nonces++}`)).subarray(0, 8),
    }
  }

  write(key: string, version: number): void {
    this.versions.set(key, version)
    this.journal.append(key)
  }

  /** Steps the session, and does what it wants done. Returns the effects. */
  step(input: SessionInput): readonly SessionEffect[] {
    const [state, effects] = step(frozen(this.state), input, this.#local)
    this.state = state
    for (const effect of effects) this.#execute(effect)
    return effects
  }

  work(): void {
    this.isWorkDue = false
    this.step({ kind: 'work', steps: this.#sliceSteps })
  }

  receive(sent: Sent): void {
    if (sent.kind !== 'records') return void this.step({ kind: 'message', message: sent })
    const news = sent.records.filter(([key, version]) => version > (this.versions.get(key) ?? -1))
    for (const [key, version] of news) this.write(key, version)
    this.step({ kind: 'news', count: news.length })
  }

  #execute(effect: SessionEffect): void {
    this.effects.push(effect.kind)
    switch (effect.kind) {
      case 'send':
        this.outbox.push(effect.message)
        break
      case 'stream':
        this.#sendRecords('allBut' in effect.keys ? this.versions.keys() : effect.keys)
        this.outbox.push(effect.last)
        break
      case 'stream-changes': {
        this.#sendRecords(this.journal.since(effect.since))
        const [state, last] = endChanges(frozen(this.state), true)
        this.state = state
        if (last) this.outbox.push(last)
        break
      }
      case 'ask-in-return':
        if (this.cursor) this.step({ kind: 'ask', position: this.cursor, isInReturn: true })
        break
      case 'work':
        this.isWorkDue = true
        break
      case 'store-cursor':
        this.cursor = effect.position
        break
      case 'open-later':
        this.step({ kind: 'open' })
        break
      case 'settled':
      case 'invalid-symbols':
      case 'cutoff-too-far-ahead':
      case 'journal-lost':
      case 'open-again':
    }
  }

  #sendRecords(keys: Iterable<BinaryString>): void {
    const records = Array.from(keys, (key) => [key, this.versions.get(key) ?? 0] as const)
    if (records.length > 0) this.outbox.push({ kind: 'records', records })
  }

  #root(): Uint8Array {
    const ids = [...this.versions].map(idOf).toSorted()
    return sha256(utf8ToBytes(ids.join(''))).subarray(0, 16)
  }
}

/**
 * Carries what waits from one side to the other, and gives them slices of work, in an order that `random` chooses, until nothing is
 * left. Returns everything that was sent.
 */
export function exchange(
  sides: readonly [Side, Side],
  random: Random,
): { readonly from: 0 | 1; readonly sent: Sent }[] {
  const transcript: { from: 0 | 1; sent: Sent }[] = []
  for (;;) {
    const moves: (() => void)[] = []
    for (const from of [0, 1] as const) {
      const [sender, receiver] = [sides[from], sides[from === 0 ? 1 : 0]]
      if (sender.isWorkDue) moves.push(() => sender.work())
      const [sent] = sender.outbox
      if (!sent) continue
      moves.push(() => {
        sender.outbox.shift()
        transcript.push({ from, sent })
        receiver.receive(sent)
      })
    }
    const move = moves[random(moves.length)]
    if (!move) return transcript
    move()
  }
}

/** A step must not change the state that it was given. */
function frozen(state: SessionState): SessionState {
  for (const part of [state.opened, state.opened?.search, state.answer, state.sentAt]) if (part) Object.freeze(part)
  return Object.freeze(state)
}

function idOf([key, version]: readonly [BinaryString, number]): BinaryString {
  return binaryFromBytes(sha256(utf8ToBytes(`${key} ${version}`)))
}
