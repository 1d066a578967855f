import { createHash, randomBytes } from 'node:crypto'
import { decodeSymbols, encodeSymbols, KeyedId, SymbolDecoder, SymbolEncoder, WorkBudget } from '@ts2p/reconciliation'
import { Slices } from './slices.ts'

/** Records whose ids are hashed in one slice. */
const hashedPerSlice = 2_500

/** What it took to find the difference of two sets. */
export interface Reconciliation {
  readonly symbols: number
  /** Requests for symbols that were answered. */
  readonly rounds: number
  /** Of the symbols. */
  readonly symbolBytes: number
  /** Of the symbols, and of the ids that the decoder would ask for: 8 each. */
  readonly bytes: number
  readonly encoder: Slices
  readonly decoder: Slices
}

/** Two sets of `size` records and more, of which `differences` are on one side only, as many here as there, are compared. */
export function reconcile(size: number, differences: number): Reconciliation {
  const salt = randomBytes(16)
  const [here, there] = [Math.ceil(differences / 2), Math.floor(differences / 2)]
  const shared = rids('shared', size - here)
  const [encoderSide, decoderSide] = [new Slices(), new Slices()]
  const encoder = createEncoder(salt, [...shared, ...rids('here', here)], encoderSide)
  const own = createEncoder(salt, [...shared, ...rids('there', there)], decoderSide)
  const decoder = new SymbolDecoder(new KeyedId(salt), own)
  let [rounds, symbolBytes] = [0, 0]
  do {
    rounds += 1
    const [start, end] = [decoder.length, decoder.symbolsWanted]
    encoderSide.runAll((steps) => encoder.prepare(end, new WorkBudget(steps)))
    const symbols = encoder.symbols(start, end)
    const bytes = encoderSide.run(() => encodeSymbols({ setSize: encoder.setSize, start, symbols }))
    symbolBytes += bytes.length
    decoderSide.run(() => decoder.addSymbols(decodeSymbols(bytes)))
    decoderSide.runAll((steps) => decoder.step(new WorkBudget(steps)) !== 'working')
  } while (decoder.state === 'wanting')
  const found = decoder.difference
  if (found?.theirs.length !== here * 2 || found.ours.length !== there) throw new Error(`${decoder.state}, but wrong`)
  const bytes = symbolBytes + found.theirs.byteLength
  return { symbols: decoder.length, rounds, symbolBytes, bytes, encoder: encoderSide, decoder: decoderSide }
}

function createEncoder(salt: Uint8Array, records: readonly string[], side: Slices): SymbolEncoder {
  const keyed = new KeyedId(salt)
  const ids = new Uint32Array(records.length * 2)
  let position = 0
  side.runAll(() => {
    const end = Math.min(position + hashedPerSlice, records.length)
    for (; position < end; position += 1) keyed.write(records[position] ?? '', ids, position)
    return end === records.length
  })
  return new SymbolEncoder(ids, keyed)
}

function rids(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`${name} ${index}`).digest().toString('latin1'),
  )
}
