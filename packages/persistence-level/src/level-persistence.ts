import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PersistenceCorruptError, PersistenceInUseError } from '@ts2p/store'
import type { PersistedEntry, PersistedWrite, Persistence } from '@ts2p/store'
import { ClassicLevel } from 'classic-level'
import { translated } from './level-errors.ts'
import { decodeSlot, encodeSlot } from './slot.ts'
import { damageOfTables } from './table-check.ts'
import { SequenceMark } from './sequence-mark.ts'

type Database = ClassicLevel<Uint8Array, Uint8Array>

/** How many entries are read at a time. */
const pieceEntries = 1000
/** The first byte of a key in the database: what is the database's own comes before the entries. */
const ownPrefix = 0
const entryPrefix = 1
const sequenceKey = Uint8Array.of(ownPrefix)

/** Keeps a node in a folder, in a LevelDB. Each batch is synced to the disk before it is called durable. Node only. */
export class LevelPersistence implements Persistence {
  readonly place: string
  readonly #folder: string
  #lock: Database | undefined
  #database: Database | undefined
  #observe: SequenceMark | undefined
  /** Number of the last batch. */
  #sequence = 0
  /** LevelDB writes nothing any more once a write has failed: it must be opened anew. */
  #isBroken = false

  /** @param folder is made if it is not there; its parent folders too. One node at a time may have it open. */
  constructor(folder: string) {
    this.#folder = folder
    this.place = `the folder ${folder}`
  }

  async *open(): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    if (this.#lock) throw new PersistenceInUseError({ place: this.place })
    try {
      await this.#openFiles()
      if (this.#database) yield* entriesOf(this.#database)
    } catch (error) {
      await this.close()
      throw translated(error, { place: this.place, action: 'open' })
    }
  }

  async write(batch: readonly PersistedWrite[]): Promise<void> {
    try {
      if (this.#isBroken) await this.#reopen()
      const sequence = this.#sequence + 1
      await this.#database?.batch([...batch.map(toOperation), put(sequenceKey, encodeSlot(sequence))], { sync: true })
      this.#sequence = sequence
      await this.#observe?.write(sequence)
    } catch (error) {
      this.#isBroken = true
      throw translated(error, { place: this.place, action: 'write' })
    }
  }

  async close(): Promise<void> {
    const [lock, database, observe] = [this.#lock, this.#database, this.#observe]
    this.#lock = undefined
    this.#database = undefined
    this.#observe = undefined
    await database?.close()
    await observe?.close()
    await lock?.close()
  }

  async #openFiles(): Promise<void> {
    // It holds the node's identity: nobody else's business.
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    // First, for its lock, an empty database: nobody else writes what is read from here on.
    this.#lock = await openDatabase(join(this.#folder, 'lock'))
    const entries = join(this.#folder, 'entries')
    const damage = await damageOfTables(entries)
    if (damage !== undefined) throw this.#corrupt(damage)
    this.#database = await openDatabase(entries)
    this.#observe = await SequenceMark.open(join(this.#folder, 'witness'))
    this.#sequence = await this.#readSequence(this.#database)
    const lost = this.#observe.sequence - this.#sequence
    if (lost > 0) throw this.#corrupt(`the last ${lost} batches, which were durable, are missing`)
  }

  async #reopen(): Promise<void> {
    await this.close()
    await this.#openFiles()
    this.#isBroken = false
  }

  async #readSequence(database: Database): Promise<number> {
    const bytes = await database.get(sequenceKey)
    if (bytes === undefined) return 0
    const sequence = decodeSlot(bytes)
    if (sequence === undefined) throw this.#corrupt('the number of the last batch was changed')
    return sequence
  }

  #corrupt(reason: string): PersistenceCorruptError {
    return new PersistenceCorruptError({ place: this.place, reason })
  }
}

async function openDatabase(path: string): Promise<Database> {
  const database: Database = new ClassicLevel(path, { keyEncoding: 'view', valueEncoding: 'view', compression: false })
  await database.open()
  return database
}

async function* entriesOf(database: Database): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
  const iterator = database.iterator({ gte: Uint8Array.of(entryPrefix), fillCache: false })
  try {
    for (;;) {
      const piece = await iterator.nextv(pieceEntries)
      if (piece.length === 0) return
      yield piece.map(([key, value]) => ({ key: key.subarray(1), value }))
    }
  } finally {
    await iterator.close()
  }
}

function toOperation({ key, value }: PersistedWrite): ReturnType<typeof put> | { type: 'del'; key: Uint8Array } {
  const prefixed = new Uint8Array(1 + key.length)
  prefixed[0] = entryPrefix
  prefixed.set(key, 1)
  return value === undefined ? { type: 'del', key: prefixed } : put(prefixed, value)
}

function put(key: Uint8Array, value: Uint8Array): { type: 'put'; key: Uint8Array; value: Uint8Array } {
  return { type: 'put', key, value }
}
