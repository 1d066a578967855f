import type { Connection } from '@ts2p/base'
import type { DirectContent, NodeId } from '@ts2p/protocol'
import { LinkQuota } from '../quotas/link-quota.ts'
import { ReceiveWindow } from './receive-window.ts'

/** Most streams remembered, and how many new ones a link may bring in a minute: too few to fill the others' places while they are in use. */
const [windowsMax, newPerMinute] = [16_384, 1024]
/** A stream is not forgotten before it was silent for so long: older messages are refused when they come again, milliseconds. */
const idleMsMin = 600_000

/** What has arrived of the streams of other nodes to this one. */
export class ReceiveWindows {
  /** Silent for longest first. */
  readonly #windows = new Map<string, { readonly window: ReceiveWindow; usedAt: number }>()
  readonly #quota = new LinkQuota<Connection>(newPerMinute)

  /**
   * The window of the stream of a frame, up to date with what its source will not send again; undefined if the stream is new and the link has
   * brought too many.
   */
  windowOf(
    source: NodeId,
    { epoch, oldest }: Pick<DirectContent, 'epoch' | 'oldest'>,
    from: Connection,
    now: number,
  ): ReceiveWindow | undefined {
    const name = `${source}.${epoch}`
    const known = this.#windows.get(name)
    if (!known) {
      if (!this.#makeRoom(now) || !this.#quota.hasRoom(from, now)) return undefined
      this.#quota.spend(from, now)
    }
    const window = known?.window ?? new ReceiveWindow(epoch, oldest)
    window.forgo(oldest)
    this.#windows.delete(name)
    this.#windows.set(name, { window, usedAt: now })
    return window
  }

  onUnlink(link: Connection): void {
    this.#quota.delete(link)
  }

  #makeRoom(now: number): boolean {
    if (this.#windows.size < windowsMax) return true
    const [[name, { usedAt }] = ['', { usedAt: now }]] = this.#windows
    return now - usedAt >= idleMsMin && this.#windows.delete(name)
  }
}
