import type { Direct, NodeId } from '@ts2p/protocol'
import { ReceiveWindow } from './receive-window.ts'

/** Most streams remembered; the one that was silent for longest is forgotten first. */
const windowsMax = 8192

/** What has arrived of the streams of other nodes to this one. */
export class ReceiveWindows {
  readonly #windows = new Map<string, ReceiveWindow>()

  /** The window of the stream of a frame, up to date with what its source will not send again. */
  windowOf(source: NodeId, { epoch, oldest }: Pick<Direct, 'epoch' | 'oldest'>): ReceiveWindow {
    const name = `${source}.${epoch}`
    const window = this.#windows.get(name) ?? new ReceiveWindow(epoch, oldest)
    window.forgo(oldest)
    this.#windows.delete(name)
    this.#windows.set(name, window)
    if (this.#windows.size > windowsMax) {
      const [silent] = this.#windows.keys()
      if (silent !== undefined) this.#windows.delete(silent)
    }
    return window
  }
}
