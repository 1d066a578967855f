/**
 * What it costs to inflate a payload, in microseconds of processor time: each payload, each KiB of it compressed, and each KiB inflated.
 * Measured by `pnpm bench:hostile` on a virtual machine with two cores, at a few payloads a second: with cold caches, the memory that the
 * system gives and garbage collection. In a loop that does nothing else it costs a third to a half of this.
 */
const costs = { payload: 30, compressedKibibyte: 60, inflatedKibibyte: 19 } as const

/** Microseconds of processor time that it costs to inflate `from` bytes to `to` bytes. */
export function inflationCost({ from, to }: { readonly from: number; readonly to: number }): number {
  return costs.payload + (from * costs.compressedKibibyte + to * costs.inflatedKibibyte) / 1024
}
