import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Crc32c } from './crc32c.ts'

/** At the end of a table: two handles and these eight bytes, 48 in all. */
const footerBytes = 48
const magic = 0xdb4775248b80fb57n
/** After each block: its type, and the masked CRC-32C of both. */
const trailerBytes = 5

interface Handle {
  readonly offset: number
  readonly size: number
}

/**
 * Finds damage in the tables of a LevelDB that is not open. LevelDB checks the blocks of its tables only when told to, and
 * ends the process when what it reads makes no sense; so they are checked before it reads them. The format is that of
 * LevelDB's doc/table_format.md.
 * @returns what is wrong; undefined when nothing is
 */
export async function damageOfTables(folder: string): Promise<string | undefined> {
  const crc = new Crc32c()
  for (const name of await filesOf(folder)) {
    if (!/\.(ldb|sst)$/.test(name)) continue
    if (!isWhole(await readFile(join(folder, name)), crc)) return `the file ${name} was changed`
  }
  return undefined
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function isWhole(table: Uint8Array, crc: Crc32c): boolean {
  // A table without its end is one that LevelDB was ended in the middle of, and does not need; or it needs it, and then says
  // itself that it is damaged, for that is what it looks at first.
  if (table.length < footerBytes) return true
  const footer = table.subarray(table.length - footerBytes)
  if (new DataView(footer.buffer, footer.byteOffset).getBigUint64(40, true) !== magic) return true
  const handles = new Reader(footer)
  const [metaIndex, index] = [handles.handle(), handles.handle()]
  // What lies between the handles and the end is zero.
  if (footer.subarray(handles.at, 40).some((byte) => byte !== 0)) return false
  const [metaBlock, indexBlock] = [blockOf(table, metaIndex, crc), blockOf(table, index, crc)]
  if (!metaBlock || !indexBlock) return false
  return [...handlesIn(metaBlock), ...handlesIn(indexBlock)].every(
    (handle) => blockOf(table, handle, crc) !== undefined,
  )
}

/** A block's bytes; undefined when they are not those that were written. */
function blockOf(table: Uint8Array, { offset, size }: Handle, crc: Crc32c): Uint8Array | undefined {
  const end = offset + size
  if (end + trailerBytes > table.length) return undefined
  const masked = new DataView(table.buffer, table.byteOffset).getUint32(end + 1, true)
  const rotated = (masked - 0xa282ead8) >>> 0
  const expected = ((rotated >>> 17) | (rotated << 15)) >>> 0
  return crc.of(table.subarray(offset, end + 1)) === expected ? table.subarray(offset, end) : undefined
}

/** The values of an index: its entries share the beginnings of their keys, and end before the list of restarts. */
function* handlesIn(block: Uint8Array): Generator<Handle, void, undefined> {
  const restarts = new DataView(block.buffer, block.byteOffset, block.length).getUint32(block.length - 4, true)
  const end = block.length - 4 - 4 * restarts
  const reader = new Reader(block)
  while (reader.at < end) {
    reader.number()
    const [unshared, valueBytes] = [reader.number(), reader.number()]
    reader.at += unshared
    const next = reader.at + valueBytes
    yield reader.handle()
    reader.at = next
  }
}

/** Reads numbers of seven bits a byte. Beyond the end there are zeros. */
class Reader {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = this.#bytes[this.at] ?? 0
      this.at += 1
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }

  handle(): Handle {
    return { offset: this.number(), size: this.number() }
  }
}
