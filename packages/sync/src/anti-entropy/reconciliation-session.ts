import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import { WorkBudget } from '@ts2p/reconciliation'
import { binaryFromBytes, cutoffOf } from '@ts2p/store'
import type { BinaryString, Cut } from '@ts2p/store'
import { createSearch, differencesMax, appendSymbols, runSearch } from './difference-search.ts'
import { saltOf } from './keyed-records.ts'
import type { LocalView, SessionEffect, SessionInput, SessionState, Step } from './session-state.ts'
import { createAnswer, extendAnswer, runAnswer } from './symbol-answer.ts'

/** A neighbor's cutoff of garbage may be ahead of the clock here by this number of seconds, since clocks differ: one minute, as cutoffs are whole ones. */
const cutoffAheadSecondsMax = 60
/**
 * A node postpones a reconciliation if the two held the same before and their counts differ by at most this. While records are written all the
 * time, some are on their way at most moments, and to look for them among all would cost as much as for a real difference.
 */
const onTheirWayMax = 16
/** How often in a row it does that. */
const postponedMax = 2
/** The journal of a node that has none: no neighbor's reaches back to it. */
const nowhere: JournalPosition = { epoch: 0, sequence: 0 }

type MessageOf<Kind extends ReconciliationMessage['kind']> = Extract<ReconciliationMessage, { kind: Kind }>

/**
 * Reconciles with one neighbor: takes the state and an input, returns the next state and what is to be done. One side opens. The
 * other side answers that both hold the same, or with coded symbols, in which the opener finds the difference. Both send everything
 * where that is cheaper.
 *
 * @throws {ProtocolError} when no honest neighbor sends the message
 */
export function step(state: SessionState, input: SessionInput, local: LocalView): Step {
  switch (input.kind) {
    case 'message':
      return receive(state, input.message, local)
    case 'open':
      return open(state, local)
    case 'ask': {
      const { position, isInReturn } = input
      const { isFull } = local.store
      return [{ ...state, isAwaitingChanges: true }, [send({ kind: 'since', position, isInReturn, isFull })]]
    }
    case 'withdraw':
      return [{ ...state, opened: undefined }, []]
    case 'work':
      return work(state, input.steps, local)
    case 'news':
      return [{ ...state, newsCount: state.newsCount + input.count }, []]
    case 'give-up':
      return [{ ...state, opened: undefined, answer: undefined, isAwaitingChanges: false, isInBulk: false }, []]
  }
}

/**
 * All changes were read for the neighbor that asked for them.
 *
 * @param isWhole - Whether the journal still reached back to all of them.
 * @returns the next state, and the message that ends the answer; undefined if some changes are missing, so the two must reconcile
 */
export function endChanges(state: SessionState, isWhole: boolean): [SessionState, ReconciliationMessage | undefined] {
  const end = isWhole ? state.changesEnd : undefined
  return [{ ...state, changesEnd: undefined }, end && { kind: 'at', position: end }]
}

function receive(state: SessionState, message: ReconciliationMessage, local: LocalView): Step {
  switch (message.kind) {
    case 'since':
      return tellChanges(state, message, local)
    case 'open':
      return answerOpen(state, message, local)
    case 'symbols':
      return receiveChunk(state, message, local)
    case 'more':
      return [{ ...state, answer: state.answer && extendAnswer(state.answer, message.end) }, [{ kind: 'work' }]]
    case 'want': {
      const { answer } = state
      if (!answer) return [state, []]
      return deliver({ ...state, answer: undefined }, answer.own.keysOf(message.ids), answer.position, local)
    }
    case 'all':
      // If nothing is under way here, this node gave it up, or the neighbor has made it up.
      if (state.isInBulk || (!state.opened && !state.answer)) return [state, []]
      return deliverAll({ ...state, answer: undefined }, local)
    case 'incomplete':
      return openAgain(state, message, local)
    case 'busy':
      if (!state.opened || state.opened.search) return [state, []]
      return [{ ...state, opened: undefined }, [{ kind: 'open-later' }]]
    case 'at':
      return settle(state, message.position, local)
    case 'settled':
      return [{ ...state, hasMatched: true }, [{ kind: 'store-cursor', position: message.position }]]
  }
}

function open(state: SessionState, local: LocalView): Step {
  const { store } = local
  const { position } = local.journal
  const nonce = local.drawNonce()
  const cut = cutOf(state, local)
  const { count, root } = store.summaryOf(cut)
  return [
    { ...state, opened: { nonce, position, search: undefined, cut }, isAwaitingChanges: false },
    [send({ kind: 'open', position, count, root, nonce, ...cut, isFull: store.isFull })],
  ]
}

/** What one of the two sides has dropped, as far as this one knows. */
function cutOf({ neighborCut }: SessionState, { store }: LocalView): Cut {
  return later(store, neighborCut)
}

function later(one: Cut, other: Cut): Cut {
  return {
    completeSince: Math.max(one.completeSince, other.completeSince),
    garbageBefore: Math.max(one.garbageBefore, other.garbageBefore),
  }
}

function isWithin(one: Cut, other: Cut): boolean {
  return one.completeSince <= other.completeSince && one.garbageBefore <= other.garbageBefore
}

/** The seconds by which a neighbor's cutoff of garbage is too far ahead of the clock here; undefined: it is not. */
function secondsTooFarAhead({ garbageBefore }: Cut, local: LocalView): number | undefined {
  const nowMs = local.now()
  return garbageBefore > cutoffOf(nowMs) + cutoffAheadSecondsMax ? garbageBefore - Math.floor(nowMs / 1000) : undefined
}

/**
 * The neighbor has dropped what was to be compared. If its clock or this one is wrong, the two do not agree on what is left out. Then the
 * neighbor is asked for changes that it cannot know, so that it opens, and this node answers with what it holds itself.
 */
function openAgain(state: SessionState, neighborCut: Cut, local: LocalView): Step {
  if (!state.opened || isWithin(neighborCut, state.opened.cut)) return [state, []]
  const aheadSeconds = secondsTooFarAhead(neighborCut, local)
  if (aheadSeconds !== undefined) {
    const [asking, effects] = step(
      { ...state, opened: undefined },
      { kind: 'ask', position: nowhere, isInReturn: true },
      local,
    )
    return [asking, [{ kind: 'cutoff-too-far-ahead', aheadSeconds }, ...effects]]
  }
  return [{ ...state, opened: undefined, neighborCut: later(state.neighborCut, neighborCut) }, [{ kind: 'open-again' }]]
}

function tellChanges(
  before: SessionState,
  { position, isInReturn, isFull }: MessageOf<'since'>,
  local: LocalView,
): Step {
  const { journal } = local
  const state = { ...before, isNeighborFull: isFull }
  if (!journal.covers(position)) return [{ ...state, isAwaitingChanges: false }, [{ kind: 'journal-lost' }]]
  const effects: SessionEffect[] = [{ kind: 'stream-changes', since: position }]
  if (!isInReturn) effects.push({ kind: 'ask-in-return' })
  return [{ ...withSentAt(state, local), changesEnd: journal.position }, effects]
}

function answerOpen(before: SessionState, opening: MessageOf<'open'>, local: LocalView): Step {
  const { store, journal } = local
  const { position } = journal
  const aheadSeconds = secondsTooFarAhead(opening, local)
  if (aheadSeconds !== undefined) {
    const [state, effects] = answerOpen(before, { ...opening, garbageBefore: store.garbageBefore }, local)
    return [state, [{ kind: 'cutoff-too-far-ahead', aheadSeconds }, ...effects]]
  }
  const { completeSince, garbageBefore } = opening
  const cut = { completeSince, garbageBefore }
  const state = {
    ...{ ...before, isAwaitingChanges: false, isNeighborFull: opening.isFull },
    neighborCut: later(before.neighborCut, cut),
  }
  if (!isWithin(store, cut)) return [state, [send({ kind: 'incomplete', ...later(store, cut) })]]
  const { count: size, root } = store.summaryOf(cut)
  const otherSize = opening.count
  if (size === otherSize && binaryFromBytes(root) === binaryFromBytes(opening.root)) {
    const matched = { ...state, hasMatched: true, postponed: 0 }
    return [matched, [{ kind: 'store-cursor', position: opening.position }, send({ kind: 'at', position })]]
  }
  if (before.hasMatched && before.postponed < postponedMax && Math.abs(size - otherSize) <= onTheirWayMax) {
    return [{ ...state, postponed: before.postponed + 1 }, [send({ kind: 'busy' })]]
  }
  if (Math.abs(size - otherSize) > differencesMax(size, otherSize)) return sendAll(state, local)
  const nonce = local.drawNonce()
  const answer = createAnswer(store.recordIdsOf(cut), { openerNonce: opening.nonce, nonce, position, otherSize })
  return [{ ...state, answer, postponed: 0 }, [{ kind: 'work' }]]
}

/** Skips symbols that this node did not ask for, or whose search it gave up. */
function receiveChunk(state: SessionState, { nonce, chunk }: MessageOf<'symbols'>, local: LocalView): Step {
  const { opened } = state
  if (!opened || (nonce === undefined) === (opened.search === undefined)) return [state, []]
  const search = nonce ? createSearch(local.store.recordIdsOf(opened.cut), saltOf(opened.nonce, nonce)) : opened.search
  return [{ ...state, opened: { ...opened, search: search && appendSymbols(search, chunk) } }, [{ kind: 'work' }]]
}

/** The neighbor has sent what it owed: what it held at `position` is held here now. */
function settle(state: SessionState, position: JournalPosition, local: LocalView): Step {
  const effects: SessionEffect[] = [{ kind: 'store-cursor', position }]
  const own = local.journal.position
  const isAllNewsTheirs = hasOnlyNewsOfNeighbor(state, own)
  // The neighbor need not ask for what it sent itself.
  if (isAllNewsTheirs) effects.push({ kind: 'stream', keys: new Set(), last: { kind: 'settled', position: own } })
  effects.push({ kind: 'settled' })
  const sentAt = isAllNewsTheirs ? undefined : state.sentAt
  return [
    { ...state, sentAt, opened: undefined, isAwaitingChanges: false, isInBulk: false, hasMatched: true, newsCount: 0 },
    effects,
  ]
}

/** Whether something has changed here since this node last sent records, and all of that came from the neighbor. */
function hasOnlyNewsOfNeighbor({ sentAt, newsCount }: SessionState, { epoch, sequence }: JournalPosition): boolean {
  if (sentAt?.position.epoch !== epoch || sentAt.position.sequence === sequence) return false
  return sequence - sentAt.position.sequence === newsCount - sentAt.newsCount
}

/** Goes on with the answer and the search, and asks for another slice if one of them is not done. */
function work(state: SessionState, steps: number, local: LocalView): Step {
  const [answered, answerEffects, isAnswered] = answerSlice(state, steps)
  const [searched, searchEffects, isSearched] = searchSlice(answered, steps, local)
  const effects = [...answerEffects, ...searchEffects]
  if (!isAnswered || !isSearched) effects.push({ kind: 'work' })
  return [searched, effects]
}

/** One slice, and whether there is nothing more to do now. */
type Slice = readonly [...Step, isDone: boolean]

function answerSlice(state: SessionState, steps: number): Slice {
  if (!state.answer || state.answer.sent >= state.answer.end) return [state, [], true]
  const [answer, symbols] = runAnswer(state.answer, new WorkBudget(steps))
  return [{ ...state, answer }, symbols ? [send(symbols)] : [], symbols !== undefined]
}

function searchSlice(before: SessionState, steps: number, local: LocalView): Slice {
  const { opened } = before
  if (!opened?.search?.hasUnread) return [before, [], true]
  const [search, result] = runSearch(opened.search, new WorkBudget(steps))
  const state = { ...before, opened: { ...opened, search } }
  switch (result.kind) {
    case 'working':
      return [state, [], false]
    case 'wanting':
      return [state, [send({ kind: 'more', end: result.end })], true]
    case 'found': {
      const [delivered, effects] = deliver(state, result.ours, opened.position, local)
      return [delivered, [send({ kind: 'want', ids: result.wanted }), ...effects], true]
    }
    case 'invalid': {
      const [sent, effects] = sendAll(state, local)
      return [sent, [{ kind: 'invalid-symbols' }, ...effects], true]
    }
    case 'too-different':
      return [...sendAll(state, local), true]
  }
}

function sendAll(state: SessionState, local: LocalView): Step {
  const [delivered, effects] = deliverAll(state, local)
  return [delivered, [send({ kind: 'all' }), ...effects]]
}

/** Sends everything, unless the neighbor has no room for it. */
function deliverAll(state: SessionState, local: LocalView): Step {
  const keys = state.isNeighborFull ? new Set<BinaryString>() : { allBut: cutOf(state, local) }
  return deliver({ ...state, isInBulk: true }, keys, local.journal.position, local)
}

/** Sends records, and then that this node has sent what it owed. */
function deliver(
  state: SessionState,
  keys: ReadonlySet<BinaryString> | { readonly allBut: Cut },
  position: JournalPosition,
  local: LocalView,
): Step {
  return [withSentAt(state, local), [{ kind: 'stream', keys, last: { kind: 'at', position } }]]
}

function withSentAt(state: SessionState, { journal }: LocalView): SessionState {
  return { ...state, sentAt: { position: journal.position, newsCount: state.newsCount } }
}

function send(message: ReconciliationMessage): SessionEffect {
  return { kind: 'send', message }
}
