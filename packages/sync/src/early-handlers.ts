import { ArgumentError } from '@ts2p/base'
import type { MeshSocket } from '@ts2p/mesh'

/** Registers a handler with the mesh, and returns what removes it. */
export type HandlerRegistration = (mesh: MeshSocket) => () => void

/** A handler, and what removes it once it is registered with the mesh. */
interface EarlyHandler {
  readonly register: HandlerRegistration
  remove: (() => void) | undefined
}

/** The handlers that were registered before there was a mesh. */
export class EarlyHandlers {
  readonly #handlers = new Set<EarlyHandler>()

  /** @returns removes the handler @throws {ArgumentError} The handler is not a function. */
  add(handler: unknown, register: HandlerRegistration): () => void {
    if (typeof handler !== 'function') throw new ArgumentError('handler', 'a function', handler)
    const early: EarlyHandler = { register, remove: undefined }
    this.#handlers.add(early)
    return () => {
      this.#handlers.delete(early)
      early.remove?.()
    }
  }

  /** Registers them, in the order in which they came. */
  registerWith(mesh: MeshSocket): void {
    for (const early of this.#handlers) early.remove = early.register(mesh)
  }
}
