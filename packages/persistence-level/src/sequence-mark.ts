import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { decodeSlot, encodeSlot, slotBytes } from './slot.ts'

/**
 * A file beside the database that says which batch was durable last. LevelDB takes a damaged end of its log for one that
 * was never written, and goes on without it; that there was more can only be told by another file. It has two slots that
 * are written in turn, so that one of them is whole whenever the process ends. It is not synced: it may lag behind, and
 * then proves less, but is never ahead of what is durable.
 */
export class SequenceMark {
  readonly #file: FileHandle
  /** The batch that was durable last, as far as the file knows; 0: none. */
  readonly sequence: number

  private constructor(file: FileHandle, sequence: number) {
    this.#file = file
    this.sequence = sequence
  }

  static async open(path: string): Promise<SequenceMark> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      const bytes = new Uint8Array(2 * slotBytes)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      const slots = [0, slotBytes].map((start) =>
        decodeSlot(bytes.subarray(start, Math.min(start + slotBytes, bytesRead))),
      )
      return new SequenceMark(file, Math.max(...slots.map((slot) => slot ?? 0)))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** A batch is durable. */
  async write(sequence: number): Promise<void> {
    await this.#file.write(encodeSlot(sequence), 0, slotBytes, (sequence % 2) * slotBytes)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
