import { CodedSymbols, codedSymbolsMax, expectedCount, symbolWords } from './coded-symbols.ts'
import { InvalidSymbolsError } from './errors.ts'

/** The most ids that a set may have, so that counts fit into 31 bits. */
const setSizeMax = 2 ** 31 - 1

/** Bytes of a symbol before its count: 8 of the ids and 4 of the checks. */
const fixedBytes = 12
/** The most bytes of one number. */
const varintBytesMax = 5

/** Consecutive coded symbols of a set. */
export interface SymbolChunk {
  /** The number of ids in the set. */
  readonly setSize: number
  /** The index of the first symbol. */
  readonly start: number
  /** The symbols, of which the first has the index `start` in the stream. */
  readonly symbols: CodedSymbols
}

/**
 * Encodes a chunk. The bytes are the size of the set, the index of the first symbol and the number of symbols, as LEB128. Then each
 * symbol has its ids (8 bytes, big-endian), its checks (4 bytes, big-endian), and its count less `floor(2 * setSize / (index + 2))`
 * as zigzag LEB128, which takes a byte or two.
 *
 * @see section 6 of the paper
 */
export function encodeSymbols(chunk: SymbolChunk): Uint8Array {
  const { setSize, start, symbols } = chunk
  const bytes = new Uint8Array(3 * varintBytesMax + symbols.length * (fixedBytes + varintBytesMax))
  const view = new DataView(bytes.buffer)
  let at = 0
  const putVarint = (value: number): void => {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
    bytes[at++] = rest
  }
  putVarint(setSize)
  putVarint(start)
  putVarint(symbols.length)
  for (let index = 0; index < symbols.length; index += 1) {
    view.setInt32(at, symbols.high(index))
    view.setInt32(at + 4, symbols.low(index))
    view.setInt32(at + 8, symbols.check(index))
    at += fixedBytes
    const excess = symbols.count(index) - expectedCount(setSize, start + index)
    putVarint(((excess << 1) ^ (excess >> 31)) >>> 0)
  }
  return bytes.slice(0, at)
}

/**
 * Decodes a chunk. Each chunk has exactly one encoding, and any other is refused. Memory is allocated only for symbols whose bytes
 * are there.
 *
 * @throws {InvalidSymbolsError} when the bytes are cut off, too many or not the shortest; when there are no symbols, or symbols past
 * `codedSymbolsMax`; when a symbol of a set of that size cannot have that count
 */
export function decodeSymbols(bytes: Uint8Array): SymbolChunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const takeVarint = (): number => {
    let value = 0
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new InvalidSymbolsError('cut off')
      value += (byte & 0x7f) * scale
      if (byte > 0x7f) continue
      if ((byte === 0 && scale > 1) || value > 0xffffffff) break
      return value
    }
    throw new InvalidSymbolsError('a number is not in its shortest form, or above 32 bits')
  }
  const [setSize, start, length] = [takeVarint(), takeVarint(), takeVarint()]
  if (setSize > setSizeMax) throw new InvalidSymbolsError(`a set of ${setSize} elements, ${setSizeMax} allowed`)
  if (length === 0 || start + length > codedSymbolsMax)
    throw new InvalidSymbolsError(`${length} symbols from index ${start}`)
  if (bytes.length - at < length * (fixedBytes + 1)) throw new InvalidSymbolsError('cut off')
  const symbols = new CodedSymbols()
  symbols.extend(length)
  const { words } = symbols
  for (let to = 0; to < length * symbolWords; to += symbolWords) {
    if (bytes.length - at < fixedBytes + 1) throw new InvalidSymbolsError('cut off')
    words[to] = view.getInt32(at)
    words[to + 1] = view.getInt32(at + 4)
    words[to + 2] = view.getInt32(at + 8)
    at += fixedBytes
    const index = start + to / symbolWords
    const zigzag = takeVarint()
    const count = expectedCount(setSize, index) + ((zigzag >>> 1) ^ -(zigzag & 1))
    if (count < 0 || count > setSize || (index === 0 && count < setSize)) {
      throw new InvalidSymbolsError(`symbol ${index} has a count of ${count} in a set of ${setSize}`)
    }
    words[to + 3] = count
  }
  if (at !== bytes.length) throw new InvalidSymbolsError('bytes after the last symbol')
  return { setSize, start, symbols }
}
