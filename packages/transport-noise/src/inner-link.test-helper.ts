import { concatBytes } from '@noble/hashes/utils.js'
import type { Link, LinkHandler } from '@ts2p/base'

/** A link beneath another whose network is the test: it keeps what is written, and tells what the test has it tell. */
export class InnerLink implements Link {
  readonly remoteHost = 'far.example'
  bufferedBytes = 0
  readonly calls: string[] = []
  readonly written: Uint8Array[] = []
  #handler: LinkHandler | undefined

  /** What the link above is to it. */
  get above(): LinkHandler {
    if (!this.#handler) throw new Error('Nothing is attached.')
    return this.#handler
  }

  /** Takes what was written so far, as one. */
  take(): Uint8Array {
    return concatBytes(...this.written.splice(0))
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): void {
    this.calls.push('write')
    this.written.push(...chunks)
  }

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }

  close(): void {
    this.calls.push('close')
  }

  destroy(): void {
    this.calls.push('destroy')
  }
}
