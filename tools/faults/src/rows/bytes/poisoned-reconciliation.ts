import { createHash } from 'node:crypto'
import {
  decodeSymbols,
  encodeSymbols,
  InvalidSymbolsError,
  KeyedId,
  SymbolDecoder,
  SymbolEncoder,
  WorkBudget,
} from '@ts2p/reconciliation'
import type { CodedSymbols } from '@ts2p/reconciliation'
import { binaryFromBytes } from '@ts2p/store'
import type { FaultRow } from '../../row.ts'
import { randomOf } from '../../support/cases/case-random.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { liars, symbolsOf } from '../../support/adversaries/garbage-streams.ts'
import type { Victim } from '../../support/adversaries/garbage-streams.ts'
import { processorMs } from '../../support/resources/memory.ts'

const records = 10_000
const garbageStreams = 1000
const honestStreams = 100
const secondsMax = 2
/** What a node reads of a set of 10,000: 1.6 symbols for each difference, of which a fifth of the set is the most. */
const symbolsMax = 3200
/** Steps between two looks of the decoder's caller at its clock. */
const budgetSteps = 5000

/** Records that were ground to collide, and streams of symbols that no set has. */
export const poisonedReconciliation: FaultRow = {
  name: 'poisoned-reconciliation',
  fault: '10,000 records are ground to collide under a known salt; 1,000 neighbors answer with streams of garbage.',
  mustHold:
    'All differences of ground records are found under fresh salts; garbage ends within 2 s, with 0 wrong states.',
  wanted: honestStreams + garbageStreams,
  unit: 'streams',
  figure: 's of processor time',
  open() {
    const rids = groundRids()
    return {
      slice: (from, until) =>
        runCases(from, until, (index) => (index < honestStreams ? runHonest(index, rids) : runGarbage(index, rids))),
    }
  },
}

/** Ids of records that an attacker has chosen: under the salt of zeros, the last 4 bits of all keyed ids are the same. */
function groundRids(): string[] {
  const keyed = new KeyedId(new Uint8Array(16))
  const rids: string[] = []
  for (let nonce = 0; rids.length < records; nonce += 1) {
    const recordId = binaryFromBytes(createHash('sha256').update(`ground ${nonce}`).digest())
    if (((keyed.idsOf([recordId])[1] ?? 0) & 15) === 0) rids.push(recordId)
  }
  return rids
}

/** Two honest nodes, of which each lacks some of the ground records. The difference must be found, to the last record. */
function runHonest(index: number, rids: readonly string[]): CaseResult {
  const random = randomOf(index)
  const keyed = new KeyedId(random.bytes(16))
  const [lackedHere, lackedThere] = [random.integer(0, 500), random.integer(0, 500)]
  const own = keyed.idsOf(rids.slice(lackedHere))
  const theirs = keyed.idsOf(rids.slice(0, rids.length - lackedThere))
  const victim: Victim = { keyed, ids: own, symbolsMax }
  const { decoder, seconds } = decode(victim, symbolsOf(victim, theirs), theirs.length / 2)
  const { difference } = decoder
  const missing = namesOf(keyed.idsOf(rids.slice(0, lackedHere)))
  const found = difference && namesOf(difference.theirs)
  const extra = [...(difference?.ours ?? [])].toSorted((one, other) => one - other)
  const isExtraRight =
    extra.length === lackedThere && extra.every((at, place) => at === own.length / 2 - lackedThere + place)
  return {
    figure: seconds,
    violations: [
      ...unless(decoder.state === 'decoded', `${lackedHere} and ${lackedThere} differences end ${decoder.state}`),
      ...unless(found?.join() === missing.join() && isExtraRight, 'the difference that was found is another'),
      ...unless(seconds <= secondsMax, `it took ${seconds.toFixed(2)} s`),
    ],
  }
}

function runGarbage(index: number, rids: readonly string[]): CaseResult {
  const random = randomOf(index)
  const keyed = new KeyedId(random.bytes(16))
  const victim: Victim = { keyed, ids: keyed.idsOf(rids), symbolsMax }
  const [name, lie] = [...liars][index % liars.size] ?? ['', undefined]
  if (!lie) throw new RangeError('There is no such liar.')
  const symbols = lie(victim, random)
  const { decoder, seconds, isRefused } = decode(victim, symbols, Math.max(0, symbols.count(0)))
  const isWrong = decoder.state === 'decoded' && !isExplained(victim, decoder, symbols)
  const isOver =
    isRefused || decoder.state === 'inconsistent' || decoder.state === 'exhausted' || decoder.state === 'decoded'
  return {
    figure: seconds,
    violations: [
      ...unless(!isWrong, `${name}: a difference was found that does not explain the symbols`),
      ...unless(isOver, `${name}: it is still ${decoder.state} after ${decoder.length} symbols`),
      ...unless(decoder.length <= symbolsMax, `${name}: ${decoder.length} symbols were read`),
      ...unless(seconds <= secondsMax, `${name}: it took ${seconds.toFixed(2)} s`),
    ],
  }
}

/** Feeds a decoder with as many symbols as it wants, in their form on the wire, until it wants no more. */
function decode(
  victim: Victim,
  symbols: CodedSymbols,
  setSize: number,
): { decoder: SymbolDecoder; seconds: number; isRefused: boolean } {
  const decoder = new SymbolDecoder(victim.keyed, new SymbolEncoder(victim.ids, victim.keyed), symbolsMax)
  const startedAt = processorMs()
  let isRefused = false
  try {
    while (decoder.state === 'wanting' && decoder.length < symbols.length) {
      const [start, end] = [decoder.length, Math.min(decoder.symbolsWanted, symbols.length)]
      const chunk = encodeSymbols({ setSize, start, symbols: symbols.slice(start, end) })
      decoder.addSymbols(decodeSymbols(chunk))
      while (decoder.step(new WorkBudget(budgetSteps)) === 'working');
    }
  } catch (error) {
    if (!(error instanceof InvalidSymbolsError)) throw error
    isRefused = true
  }
  return { decoder, seconds: (processorMs() - startedAt) / 1000, isRefused }
}

/** Whether the set that was found has exactly the symbols that came. */
function isExplained(victim: Victim, decoder: SymbolDecoder, symbols: CodedSymbols): boolean {
  const { ours = new Uint32Array(0), theirs = new Uint32Array(0) } = decoder.difference ?? {}
  const lacked = new Set(ours)
  const retained = victim.ids.filter((_, at) => !lacked.has(at >> 1))
  const explained = symbolsOf(victim, new Uint32Array([...retained, ...theirs]))
  for (let at = 0; at < decoder.length * 4; at += 1) if (explained.words[at] !== symbols.words[at]) return false
  return true
}

function namesOf(ids: Uint32Array): string[] {
  const names = Array.from({ length: ids.length / 2 }, (_, at) => `${ids[2 * at]} ${ids[2 * at + 1]}`)
  return names.toSorted((one, other) => (one < other ? -1 : 1))
}
