import type { AbortSignalLike } from '@ts2p/base'

/** The platform's AbortSignal, as whoever compiles knows it; by itself this package compiles without a platform. */
export type LossSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : AbortSignalLike

// Node and browsers have it, and no lib that they share types it.
declare const AbortController: new () => { readonly signal: LossSignal; abort(reason: unknown): void }

/** A signal that is aborted when one of two is, with the reason of that one. `stop` ends listening to them. */
export function eitherSignal(
  first: AbortSignalLike,
  second: AbortSignalLike,
): { readonly signal: LossSignal; readonly stop: () => void } {
  const { signal, abort } = lossSignal()
  const stops = [first, second].map((source) => {
    const onAbort = (): void => abort(source.reason)
    if (source.aborted) onAbort()
    else source.addEventListener('abort', onAbort)
    return () => source.removeEventListener('abort', onAbort)
  })
  return { signal, stop: () => stops.forEach((stop) => stop()) }
}

/** A signal, and what aborts it. */
export function lossSignal(): { readonly signal: LossSignal; readonly abort: (reason: unknown) => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
}
